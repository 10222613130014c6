/** Writes `torch.vmap` calls for stacked maps. */
import { walkExpr } from '../lower/walk';
import type { Expr } from '../lower/ir';
import type { FunctionScene } from './scene';
import type { Slice } from './slices';

/** `, in_dims=(0, None), out_dims=1`: nothing where all are 0, the default. */
export function vmapDimensions(inputs: readonly (number | null)[], output: number): string {
  const parts: string[] = [];
  if (inputs.some((each) => each !== 0)) {
    const dims = inputs.map((each) => (each === null ? 'None' : String(each)));
    parts.push(`in_dims=(${dims.join(', ')}${dims.length === 1 ? ',' : ''})`);
  }
  if (output !== 0) parts.push(`out_dims=${output}`);
  return parts.map((each) => `, ${each}`).join('');
}

/** `torch.vmap(lambda a, b: ...)(A, B)` for an element in which each slice becomes a parameter. */
export function vmapOfElement(
  scene: FunctionScene,
  torch: string,
  element: Expr,
  slices: readonly Slice[],
  output: number,
): string {
  const sources = new Map<string, { name: string; slice: Slice }>();
  const taken = namesOf(element);
  for (const slice of slices) {
    const id = `${scene.source(slice.source)}:${slice.dim}`;
    if (!sources.has(id)) sources.set(id, { name: parameterFor(slice, taken), slice });
  }
  const origin = element.start;
  let text = scene.source(element);
  for (const slice of slices.toSorted((a, b) => b.expr.start - a.expr.start)) {
    const name = sources.get(`${scene.source(slice.source)}:${slice.dim}`)?.name ?? '';
    text = text.slice(0, slice.expr.start - origin) + name + text.slice(slice.expr.end - origin);
  }
  const bound = [...sources.values()];
  const dims = vmapDimensions(
    bound.map(({ slice }) => slice.dim),
    output,
  );
  const parameters = bound.map(({ name }) => name).join(', ');
  const tensors = bound.map(({ slice }) => scene.source(slice.source)).join(', ');
  return `${torch}.vmap(lambda ${parameters}: ${text}${dims})(${tensors})`;
}

function namesOf(element: Expr): Set<string> {
  const names = new Set<string>();
  walkExpr(element, (each) => {
    if (each.kind === 'name') names.add(each.name);
  });
  return names;
}

/** The loop's own name for a slice, or one that is made from its tensor's and stands nowhere else. */
function parameterFor(slice: Slice, taken: Set<string>): string {
  if (slice.expr.kind === 'name') return slice.expr.name;
  const base =
    slice.source.kind === 'name' ? slice.source.name : slice.source.kind === 'attribute' ? slice.source.name : 'row';
  let name = `${base}_i`;
  while (taken.has(name)) name += '_';
  taken.add(name);
  return name;
}
