/** What a client asks of the coordinator: a race, described completely. The runner generates no code. */
import * as v from 'valibot';
import { Dtype, Framework, Mode, PROTOCOL_VERSION } from './vocabulary';

const Size = v.pipe(v.number(), v.integer(), v.minValue(0));
const Expression = v.pipe(v.string(), v.maxLength(4000));

/** One argument of the raced function. Shapes are in elements, outermost dimension first. */
export const InputSpec = v.variant('kind', [
  /** Seeded standard normal values. */
  v.object({ kind: v.literal('float'), name: v.string(), dtype: Dtype, shape: v.array(Size) }),
  /** Seeded uniform integers in `[0, high)`, for lookups. */
  v.object({ kind: v.literal('index'), name: v.string(), dtype: Dtype, shape: v.array(Size), high: Size }),
  /** Seeded booleans, `true` with probability `density`; the last axis always keeps one `true`. */
  v.object({ kind: v.literal('mask'), name: v.string(), shape: v.array(Size), density: v.number() }),
  /**
   * A Python expression, evaluated in the torch worker; the names of the first program's file, `torch` and
   * `math` are in scope. Named `*`, it yields a list or tuple whose items are all passed by position:
   * `get_inputs()`.
   */
  v.object({ kind: v.literal('expression'), name: v.string(), expression: Expression }),
  /** A Python literal that both sides get as it stands: a number, a string, a bool, None, a tuple of these. */
  v.object({ kind: v.literal('literal'), name: v.string(), expression: Expression }),
  /** Not passed: the function's own default holds. */
  v.object({ kind: v.literal('default'), name: v.string() }),
]);
export type InputSpec = v.InferOutput<typeof InputSpec>;

/**
 * One argument of a module's constructor: a Python expression with the names of the program's file, `torch` and
 * `math` in scope. Named `*`, it yields a list or tuple whose items are passed by position: `get_init_inputs()`.
 */
export const InitArgument = v.object({ name: v.string(), expression: Expression });
export type InitArgument = v.InferOutput<typeof InitArgument>;

/**
 * Source that defines what is raced. It is loaded from `text` (the editor's buffer, saved or not); only
 * imports, definitions and constant assignments run.
 */
export const Program = v.object({
  id: v.string(),
  /** Absolute path, for tracebacks and relative imports; null for source that core wrote. */
  file: v.nullable(v.string()),
  text: v.string(),
  /** `function`, `Class` (its instance is called) or `Class.method`. */
  qualname: v.string(),
  /** Folders that go on `sys.path` while the file is loaded. */
  roots: v.array(v.string()),
});
export type Program = v.InferOutput<typeof Program>;

/**
 * One contender. `source` runs in a namespace of its own with `target` bound to what `program` defines (a
 * function, or a module instance whose weights all variants share) and must define `variant`, a callable
 * over the inputs. With `takes_params`, source also defines `params_from_state_dict(state)`, and the
 * callable is `variant(params, *inputs)`.
 *
 * `state` maps the names of the module's `state_dict()`, buffers included, to JAX arrays on the race's device;
 * names of one tied weight map to one array, and 64-bit integers are 32-bit unless the race has 64-bit floats.
 * The conversion runs before anything is timed and may select, transpose, stack and compute. For training it is
 * differentiated, so that gradients can be compared by PyTorch's names: it must be made of JAX operations.
 */
export const VariantSpec = v.object({
  name: v.string(),
  framework: Framework,
  /** A short label for people, such as `JAX jit + vmap`. */
  label: v.string(),
  program: v.nullable(v.string()),
  source: v.string(),
  takes_params: v.boolean(),
  /** Compiled variants have a first call worth timing apart. */
  compiled: v.boolean(),
  /** Floating-point operations of one call, where they are not those of the race's `work`: a rewrite may need fewer. */
  flops: v.nullable(v.number()),
});
export type VariantSpec = v.InferOutput<typeof VariantSpec>;

/** Floating-point operations and the least bytes moved, for one call; null where a size is unknown. */
export const Work = v.object({
  flops: v.nullable(v.number()),
  bytes: v.nullable(v.number()),
  /** Matrix products on the longest path; the rounding bound grows with it. */
  products: v.number(),
});
export type Work = v.InferOutput<typeof Work>;

export const Target = v.object({
  file: v.nullable(v.string()),
  qualname: v.string(),
  line: v.number(),
  /** The same shapes without the reader's code. */
  synthetic: v.boolean(),
  /** Input and constructor arguments in the command line's words, `{x: "f32[64,1024]"}`. */
  inputs: v.record(v.string(), v.string()),
  init: v.record(v.string(), v.string()),
});
export type Target = v.InferOutput<typeof Target>;

/** Bounds of one race. Times in seconds. */
export const Budget = v.object({
  /** Time for the measuring rounds of all modes together. */
  measure_s: v.number(),
  min_rounds: v.pipe(v.number(), v.integer(), v.minValue(4)),
  max_rounds: v.pipe(v.number(), v.integer(), v.minValue(4)),
  import_s: v.number(),
  compile_s: v.number(),
  block_s: v.number(),
  total_s: v.number(),
});
export type Budget = v.InferOutput<typeof Budget>;

export const DEFAULT_BUDGET: Budget = {
  measure_s: 6,
  min_rounds: 12,
  max_rounds: 60,
  import_s: 60,
  compile_s: 120,
  block_s: 20,
  total_s: 180,
};

export const RaceRequest = v.object({
  id: v.string(),
  target: Target,
  programs: v.array(Program),
  inputs: v.array(InputSpec),
  init: v.array(InitArgument),
  variants: v.pipe(v.array(VariantSpec), v.minLength(1)),
  modes: v.pipe(v.array(Mode), v.minLength(1)),
  work: Work,
  /** `auto`, or a device id as `environment` events name them. */
  device: v.string(),
  /** `highest` is IEEE float32 on both sides; `tf32` allows TensorFloat-32 on both. */
  precision: v.picklist(['highest', 'tf32']),
  seed: v.number(),
  budget: Budget,
});
export type RaceRequest = v.InferOutput<typeof RaceRequest>;

/** How to start one worker: an argument array whose first part is the program; never a shell line. */
export const WorkerSpec = v.object({
  framework: v.picklist(['torch', 'jax']),
  command: v.pipe(v.array(v.string()), v.minLength(1)),
});
export type WorkerSpec = v.InferOutput<typeof WorkerSpec>;

export const Command = v.variant('type', [
  v.object({
    type: v.literal('open'),
    protocol: v.literal(PROTOCOL_VERSION),
    workers: v.array(WorkerSpec),
    /** A private folder for compile caches, measured peaks and arrays in transit. */
    storage: v.string(),
    device: v.string(),
    /** Keep an idle worker of each framework ready for the next race. */
    warm: v.boolean(),
  }),
  v.object({ type: v.literal('race'), race: RaceRequest }),
  v.object({ type: v.literal('cancel'), race: v.string() }),
  v.object({ type: v.literal('close') }),
]);
export type Command = v.InferOutput<typeof Command>;
