"""Which expressions a module may compute while it is loaded: constants, and a short list of constructors."""

from __future__ import annotations

import ast
import builtins

_BUILTINS = """abs bool bytes complex dict divmod enumerate float frozenset int len list max min object pow range
reversed round set slice sorted str sum tuple zip""".split()

_QUALIFIED = """
collections.ChainMap collections.Counter collections.OrderedDict collections.defaultdict collections.deque
collections.namedtuple contextvars.ContextVar dataclasses.field datetime.timedelta decimal.Decimal enum.auto
fractions.Fraction functools.partial importlib.metadata.version importlib.util.find_spec logging.getLogger
os.cpu_count os.environ.get os.getcwd os.getenv packaging.version.Version packaging.version.parse
pathlib.Path pathlib.PurePath platform.machine platform.python_version platform.system re.compile
types.MappingProxyType types.SimpleNamespace
typing.NamedTuple typing.NewType typing.ParamSpec typing.TypeVar typing.TypeVarTuple typing.TypedDict typing.cast
typing_extensions.NamedTuple typing_extensions.NewType typing_extensions.ParamSpec typing_extensions.TypeVar
typing_extensions.TypeVarTuple typing_extensions.TypedDict
torch.arange torch.device torch.eye torch.finfo torch.full torch.iinfo torch.linspace torch.ones torch.tensor
torch.zeros torch.Size torch.Generator torch.get_default_dtype
torch.cuda.device_count torch.cuda.is_available torch.cuda.is_bf16_supported torch.backends.mps.is_available
jax.numpy.arange jax.numpy.array jax.numpy.asarray jax.numpy.dtype jax.numpy.eye jax.numpy.finfo jax.numpy.full
jax.numpy.linspace jax.numpy.ones jax.numpy.zeros jax.sharding.PartitionSpec
numpy.arange numpy.array numpy.asarray numpy.dtype numpy.eye numpy.finfo numpy.float32 numpy.float64 numpy.full
numpy.int32 numpy.int64 numpy.linspace numpy.log numpy.ones numpy.sqrt numpy.zeros
""".split()

#: Every function of these modules only computes a value from its arguments.
_PURE_MODULES = ("math", "cmath", "os.path", "operator", "string", "textwrap")

#: Methods of strings, paths and plain containers.
_METHODS = """absolute as_posix capitalize copy endswith expanduser format get index items join
joinpath keys lower lstrip partition removeprefix removesuffix replace resolve rpartition rsplit rstrip split
splitlines startswith strip title upper values with_name with_suffix""".split()


class Imports:
    """What the names of a file stand for, by its top-level imports: `F` → `torch.nn.functional`."""

    def __init__(self) -> None:
        self._qualified: dict[str, str] = {}

    def add(self, statement: ast.Import | ast.ImportFrom) -> None:
        """Learns the names that an import binds."""
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                name = alias.asname or alias.name.partition(".")[0]
                self._qualified[name] = alias.name if alias.asname else name
        elif statement.module and not statement.level:
            for alias in statement.names:
                self._qualified[alias.asname or alias.name] = f"{statement.module}.{alias.name}"

    def qualify(self, expression: ast.expr) -> str | None:
        """The dotted name of an expression whose first name is imported; null for others."""
        parts: list[str] = []
        while isinstance(expression, ast.Attribute):
            parts.append(expression.attr)
            expression = expression.value
        if not isinstance(expression, ast.Name) or expression.id not in self._qualified:
            return None
        return ".".join([self._qualified[expression.id], *reversed(parts)])


class HarmlessExpressions:
    """Judges expressions of one file; `defined` are the names that its own definitions bind."""

    def __init__(self, imports: Imports, defined: set[str], plain_dataclasses: set[str]) -> None:
        self._imports = imports
        self._builtins = {name for name in _BUILTINS if name not in defined and hasattr(builtins, name)}
        self._dataclasses = plain_dataclasses
        self._qualified = set(_QUALIFIED)

    def accepts(self, expression: ast.expr | None) -> bool:
        """Whether computing it does nothing but yield a value, as far as its text tells."""
        if expression is None:
            return True
        if isinstance(expression, ast.Lambda):
            arguments = expression.args
            defaults = [*arguments.defaults, *(each for each in arguments.kw_defaults if each)]
            return all(self.accepts(each) for each in defaults)
        if isinstance(expression, ast.Call):
            return self._accepts_call(expression)
        if not isinstance(expression, _PLAIN):
            return False
        return all(self.accepts(child) for child in ast.iter_child_nodes(expression) if isinstance(child, ast.expr))

    def _accepts_call(self, call: ast.Call) -> bool:
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        return self._accepts_callee(call.func) and all(self.accepts(each) for each in arguments)

    def _accepts_callee(self, callee: ast.expr) -> bool:
        if isinstance(callee, ast.Name) and (callee.id in self._builtins or callee.id in self._dataclasses):
            return True
        qualified = self._imports.qualify(callee)
        if qualified is not None:
            module = qualified.rpartition(".")[0]
            return qualified in self._qualified or module in _PURE_MODULES
        return isinstance(callee, ast.Attribute) and callee.attr in _METHODS and self.accepts(callee.value)


_PLAIN = (
    ast.Attribute,
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.Constant,
    ast.Dict,
    ast.FormattedValue,
    ast.IfExp,
    ast.JoinedStr,
    ast.List,
    ast.Name,
    ast.Set,
    ast.Slice,
    ast.Starred,
    ast.Subscript,
    ast.Tuple,
    ast.UnaryOp,
)
