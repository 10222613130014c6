/** What the use of a value shows of its shape. */
import type { Span } from '../../lower/ir';
import { atRank, rankOf, sizeAt } from '../shapes';
import type { Size } from '../shapes';
import type { TensorValue, Value } from '../values';
import type { Evaluator } from './evaluator';

/** The left operand of a product has as many columns as a right operand of known shape has rows. */
export function learnInner(ev: Evaluator, left: Value, a: TensorValue, b: TensorValue, span: Span): void {
  const inner: Size = rankOf(b.shape) === 1 ? sizeAt(b.shape, 0) : sizeAt(b.shape, -2);
  if (inner) learnLast(ev, left, a, inner, span);
}

/** The last dimension of a value has this size. */
export function learnLast(ev: Evaluator, value: Value, seen: TensorValue, size: Size, span: Span): void {
  ev.options.requirements.needs(value, { open: true, dims: [size] }, ev.site(span), 'float');
  if (!size || seen.parameter === undefined) return;
  const { open, dims } = seen.shape;
  if (open && dims.length === 0) ev.frame.refine(seen, { ...seen, shape: { ...seen.shape, dims: [size] } });
  else if (dims.length > 0 && dims.at(-1) === null)
    ev.frame.refine(seen, { ...seen, shape: { ...seen.shape, dims: dims.with(-1, size) } });
}

/** A function that is called takes an argument of this many dimensions. */
export function learnArgument(ev: Evaluator, value: Value, rank: number, span: Span): void {
  if (value.kind !== 'tensor' && value.kind !== 'unknown') return;
  const seen = ev.see(
    { expr: { kind: 'opaque', start: span.start, end: span.end }, value },
    ev.options.framework ?? 'torch',
  );
  learnRank(ev, value, { ...seen, shape: atRank(seen.shape, rank) }, span);
}

/** A value that was seen as a tensor has this many dimensions, since what was done with it asks for so many. */
export function learnRank(ev: Evaluator, value: Value, { shape }: TensorValue, span: Span): void {
  if (shape.open || (value.kind !== 'tensor' && value.kind !== 'unknown')) return;
  if (value.kind === 'tensor' && !value.shape.open) {
    const { dims } = value.shape;
    if (dims.length !== shape.dims.length || shape.dims.every((each, at) => !each || dims[at])) return;
  }
  ev.learnShape(value, shape, span);
}
