"""What a file may call while it is loaded: functions that only compute a value from their arguments."""

from __future__ import annotations

BUILTINS = frozenset(
    """abs bool bytes complex dict divmod enumerate float frozenset int len list max min object pow range
reversed round set slice sorted str sum tuple zip""".split()
)

QUALIFIED = frozenset(
    """
collections.ChainMap collections.Counter collections.OrderedDict collections.deque
collections.namedtuple contextvars.ContextVar datetime.timedelta decimal.Decimal enum.auto
fractions.Fraction importlib.metadata.version importlib.util.find_spec logging.getLogger
operator.add operator.attrgetter operator.floordiv operator.getitem operator.itemgetter operator.matmul operator.mod
operator.mul operator.neg operator.pow operator.sub operator.truediv
os.cpu_count os.environ.get os.getcwd os.getenv packaging.version.Version packaging.version.parse
pathlib.Path pathlib.PurePath platform.machine platform.python_version platform.system re.compile
textwrap.dedent textwrap.indent types.MappingProxyType types.SimpleNamespace
torch.arange torch.device torch.eye torch.finfo torch.full torch.iinfo torch.linspace torch.ones torch.tensor
torch.zeros torch.Size torch.Generator torch.get_default_dtype
torch.cuda.device_count torch.cuda.is_available torch.cuda.is_bf16_supported torch.backends.mps.is_available
jax.numpy.arange jax.numpy.array jax.numpy.asarray jax.numpy.dtype jax.numpy.eye jax.numpy.finfo jax.numpy.full
jax.numpy.linspace jax.numpy.ones jax.numpy.zeros jax.sharding.PartitionSpec
numpy.arange numpy.array numpy.asarray numpy.dtype numpy.eye numpy.finfo numpy.float32 numpy.float64 numpy.full
numpy.int32 numpy.int64 numpy.linspace numpy.log numpy.ones numpy.sqrt numpy.zeros
""".split()
)

#: Every function of these modules only computes, or looks at the file system.
PURE_MODULES = ("math", "cmath", "os.path")

#: Keep functions and classes that they are given, and do not call them.
KEEPERS = frozenset(
    """
functools.partial
typing.NamedTuple typing.NewType typing.ParamSpec typing.TypeVar typing.TypeVarTuple typing.TypedDict typing.cast
typing_extensions.NamedTuple typing_extensions.NewType typing_extensions.ParamSpec typing_extensions.TypeVar
typing_extensions.TypeVarTuple typing_extensions.TypedDict typing_extensions.cast
""".split()
)

#: Call an argument, sooner or later, to make a value: the factory's keyword and, where it has one, its position.
FACTORY_TAKERS = {"collections.defaultdict": ("default_factory", 0), "dataclasses.field": ("default_factory", None)}

#: Builtins that make a value and run nothing of the reader's when called without arguments.
FACTORIES = frozenset("bool bytes dict float frozenset int list set str tuple".split())
IMPORTED_FACTORIES = frozenset("collections.Counter collections.OrderedDict collections.deque".split())
