/**
 * Messages between the extension and the results panel. One-way streams, no request and reply: the host
 * sends a whole state when the page is ready and events after that; the page sends intents.
 */
import * as v from 'valibot';
import type { RunnerEvent } from './events';
import type { RaceState } from './race';
import { Dtype } from './vocabulary';

/** The kinds of input a reader can choose in the form. */
export const FormKind = v.picklist(['float', 'index', 'mask', 'expression', 'literal', 'default']);
export type FormKind = v.InferOutput<typeof FormKind>;

/** One argument of the raced function, as text that the reader edits. */
export const FormInput = v.object({
  name: v.pipe(v.string(), v.maxLength(200)),
  kind: FormKind,
  /** Sizes separated by commas or spaces: `64, 1024`. */
  shape: v.pipe(v.string(), v.maxLength(200)),
  dtype: Dtype,
  /** Exclusive upper bound of an index. */
  high: v.pipe(v.string(), v.maxLength(40)),
  /** For kinds `expression` and `literal`. */
  expression: v.pipe(v.string(), v.maxLength(4000)),
  /** Where the prefilled value was learned, such as `in_features of self.fc1, line 12`. */
  learned: v.pipe(v.string(), v.maxLength(400)),
});
export type FormInput = v.InferOutput<typeof FormInput>;

/** One argument of the module's constructor, a Python expression; empty: its default holds. */
export const FormInit = v.object({
  name: v.pipe(v.string(), v.maxLength(200)),
  expression: v.pipe(v.string(), v.maxLength(4000)),
  /** The default in the source, shown as a placeholder; null where the argument is required. */
  default: v.nullable(v.pipe(v.string(), v.maxLength(4000))),
  learned: v.pipe(v.string(), v.maxLength(400)),
});
export type FormInit = v.InferOutput<typeof FormInit>;

export const FormValues = v.object({ inputs: v.array(FormInput), init: v.array(FormInit) });
export type FormValues = v.InferOutput<typeof FormValues>;

export interface InputForm extends FormValues {
  readonly qualname: string;
  readonly file: string;
  /** What the form cannot be sent for, by `inputs.NAME` or `init.NAME`. */
  readonly errors: Readonly<Record<string, string>>;
}

/** Everything the page draws. */
export interface PanelState {
  readonly stage: 'empty' | 'form' | 'race';
  readonly form: InputForm | null;
  readonly race: RaceState | null;
  /** Milliseconds since the epoch when the race began; null where unknown. */
  readonly startedAt: number | null;
  /** The function was edited after the race. */
  readonly stale: boolean;
  /** A race can be started from here: trusted, and its file can still be read. */
  readonly canRun: boolean;
}

export type ToPanel =
  | { readonly type: 'state'; readonly state: PanelState }
  | { readonly type: 'event'; readonly event: RunnerEvent }
  | { readonly type: 'stale'; readonly stale: boolean };

export const FromPanel = v.variant('type', [
  v.object({ type: v.literal('ready') }),
  v.object({ type: v.literal('submit'), values: FormValues }),
  v.object({ type: v.literal('cancel') }),
  v.object({ type: v.literal('rerun') }),
  v.object({ type: v.literal('editInputs') }),
  v.object({ type: v.literal('copyMarkdown') }),
  v.object({ type: v.literal('exportJson') }),
  v.object({ type: v.literal('revealTarget') }),
  v.object({ type: v.literal('showSource'), variant: v.pipe(v.string(), v.maxLength(100)) }),
  v.object({ type: v.literal('selectInterpreter') }),
  v.object({ type: v.literal('createJaxEnvironment') }),
  v.object({ type: v.literal('showLog') }),
  v.object({ type: v.literal('showMethod') }),
]);
export type FromPanel = v.InferOutput<typeof FromPanel>;

/** What the page keeps through a window reload, by which the host finds the race again. */
export const PersistedPanel = v.object({ race: v.nullable(v.string()), mode: v.optional(v.string()) });
export type PersistedPanel = v.InferOutput<typeof PersistedPanel>;
