/** Calls of `rearrange`, `repeat` and `reduce` of einops: their patterns say how many dimensions a tensor has. */
import { isPatterned } from '../../link/names';
import type { CallExpr } from '../../lower/ir';
import { UNKNOWN_SHAPE } from '../shapes';
import type { Size } from '../shapes';
import { namedAxis, parsePattern, rearrange } from '../tensors/einops';
import { pick, sequenceOf, tensor, UNKNOWN } from '../values';
import type { Value } from '../values';
import type { Arguments } from './calls';
import type { Evaluator } from './evaluator';
import { learnRank } from './learn';

/** Arguments that are no sizes of axes. */
const OTHERS = new Set(['tensor', 'pattern', 'reduction']);

/** Null where the name is of another function. */
export function callEinops(ev: Evaluator, name: string, args: Arguments, expr: CallExpr): Value | null {
  if (!isPatterned(name)) return null;
  const first = args.positional[0] ?? args.keywords.get('tensor');
  const written = args.positional[1] ?? args.keywords.get('pattern');
  const text = written ? (pick(written.value, 'text')?.text ?? null) : null;
  const framework = (first && pick(first.value, 'tensor')?.framework) ?? ev.options.framework;
  if (!first || !framework) return UNKNOWN;
  const pattern = text === null ? null : parsePattern(text);
  if (!pattern) return tensor(framework);
  const given = new Map<string, Size>();
  for (const [axis, each] of args.keywords) if (!OTHERS.has(axis)) given.set(axis, ev.size(each.value));
  const site = ev.freshSite(expr);
  // In a loop an axis is of another size on each step.
  const nameOf = (axis: string): Size => (ev.loops.length > 0 || axis === '_' ? null : namedAxis(site, axis));
  // A list of tensors is one with their number as its first dimension.
  const listed = sequenceOf(first.value) !== null;
  const source = listed ? tensor(framework) : ev.see(first, framework);
  const { input, output } = rearrange(pattern, listed ? UNKNOWN_SHAPE : source.shape, given, nameOf);
  if (!listed) learnRank(ev, first.value, { ...source, shape: input }, expr);
  return tensor(framework, output, source.dtype);
}
