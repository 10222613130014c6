/** Whether a function does the same to each item of its leading dimension, so that vmap over it is the same. */
import type { FileAnalysis } from '../analyze';
import type { FormValues } from '../../protocol/panel';
import { constant, numberOf } from '../infer/dims';
import { shapeOf } from '../infer/shapes';
import { optionsOf } from '../infer/values';
import type { TensorValue, Value } from '../infer/values';
import { walkBody } from '../lower/walk';
import type { Expr } from '../lower/ir';
import { analyzeWith, inputValues, knownSizes } from './assume';
import { signatureOf } from './signature';
import type { RaceSubject } from './subject';

/**
 * The dimension of each input over which to map (`null`: it is the same for all), in the order of the form;
 * null where that cannot be seen. Shapes decide, twice: with one more item the function must give one more,
 * and for a single item what it gave, less the leading dimension. What mixes items and keeps shapes, such as
 * a mean over dimension 0, is looked for by name; and the runner compares values before it times anything.
 */
export function batchAxes(
  analysis: FileAnalysis,
  subject: RaceSubject,
  values: FormValues,
): readonly (number | null)[] | null {
  const inputs = inputValues(analysis, values);
  const sizes = values.inputs.map((each) => {
    const value = inputs.get(each.name);
    return value ? knownSizes(value) : null;
  });
  const first = sizes.findIndex((each) => each !== null && each.length >= 2);
  const batch = sizes[first]?.[0];
  if (batch === undefined || values.inputs.some((each) => each.name === '*') || mixesItems(analysis, subject))
    return null;
  const alone = sizes.map((_, at) => (at === first ? 0 : null));
  const together = sizes.map((each) => (each && each.length >= 2 && each[0] === batch ? 0 : null));
  const run = (
    change: (tensor: TensorValue) => TensorValue,
    axes: readonly (number | null)[],
  ): readonly number[] | null => {
    const changed = new Map(
      [...inputs].map(([name, value]): [string, Value] => {
        const at = values.inputs.findIndex((each) => each.name === name);
        return [name, axes[at] === 0 && value.kind === 'tensor' ? change(value) : value];
      }),
    );
    return outputSizes(analyzeWith(analysis, subject, values, changed)?.returned);
  };
  const whole = run((tensor) => tensor, alone);
  if (!whole || whole.length === 0) return null;
  const [, ...rest] = whole;
  for (const axes of [alone, together]) {
    const more = run(oneMore, axes);
    const single = run(withoutFirst, axes);
    if (same(more, [batch + 1, ...rest]) && whole[0] === batch && same(single, rest)) return axes;
  }
  return null;
}

function same(a: readonly number[] | null, b: readonly number[]): boolean {
  return a?.length === b.length && a.every((each, at) => each === b[at]);
}

function withoutFirst(value: TensorValue): TensorValue {
  return { ...value, shape: shapeOf(value.shape.dims.slice(1)) };
}

function oneMore(value: TensorValue): TensorValue {
  const [first, ...rest] = value.shape.dims;
  return { ...value, shape: shapeOf([constant((first ? (numberOf(first) ?? 0) : 0) + 1), ...rest]) };
}

/** Sizes of the only tensor that is returned. */
function outputSizes(returned: Value | undefined): readonly number[] | null {
  if (!returned) return null;
  const [only, more] = optionsOf(returned);
  return only && !more ? knownSizes(only) : null;
}

/** Layers that take statistics over the samples of a batch. */
const BATCH_LAYERS = /\b(?:BatchNorm\w*|SyncBatchNorm|LazyBatchNorm\w*|batch_norm)\b/;

/** Something works along dimension 0, by its argument or by its nature. */
function mixesItems(analysis: FileAnalysis, subject: RaceSubject): boolean {
  const { file } = analysis.session;
  const { constructor } = signatureOf(analysis, subject);
  const texts = [subject.key, ...(constructor === null ? [] : [constructor])].map((key) => {
    const facts = file.functionFacts(key);
    return facts ? file.textOf(facts) : '';
  });
  if (texts.some((each) => BATCH_LAYERS.test(each))) return true;
  let found = false;
  walkBody(file.body(subject.key)?.body ?? [], (each) => {
    if (each.kind === 'call' && alongFirst(each)) found = true;
  });
  return found;
}

function alongFirst(call: Extract<Expr, { kind: 'call' }>): boolean {
  const zero = (each: Expr): boolean => each.kind === 'number' && each.value === 0;
  if (call.args.some((each) => (each.name === 'dim' || each.name === 'axis') && zero(each.value))) return true;
  const { callee } = call;
  const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
  return /^(?:sum|mean|softmax|log_softmax|max|min|amax|amin|var|std|norm|cumsum|cumprod|sort|topk|flip|roll|t)$/.test(
    name,
  )
    ? call.args.some((each) => each.name === null && zero(each.value)) || name === 't'
    : false;
}
