/** MM102: a Linear called once for each sample or time step. */
import { rankOf } from '../infer/shapes';
import type { Operation } from '../infer/operations';
import { mentions } from '../lower/walk';
import type { CallExpr, Expr } from '../lower/ir';
import { conditionsOf, ifAll } from './condition';
import { isPure } from './purity';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { slicesOf } from './slices';
import type { Slice } from './slices';
import { holdsComment } from './source';
import { overlaps } from './match/spans';
import { isSameCallee, slicedSteps, sourceNames } from './match/slicedSteps';
import type { SlicedSteps } from './match/slicedSteps';
import { stackedMaps } from './stackedMap';
import type { StackedMap } from './stackedMap';

export const mm102: Rule = {
  code: 'MM102',
  name: 'linear-per-sample',
  category: 'vectorize',
  summary: 'A Linear layer called for one sample or time step after the other; one call takes them all.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'safe',
  since: '0.1.0',
  docs: {
    finds:
      'A loop or comprehension that calls one `nn.Linear` (or `F.linear` with the same weight) for each slice of a ' +
      'tensor and stacks the results along the dimension that was sliced. Where more is done to each slice (activations, ' +
      'norms of its own, shapes), nothing is edited; dropout, BatchNorm and anything else that is not known to treat each ' +
      'slice by itself keep the rule silent.',
    why:
      '`nn.Linear` multiplies the last dimension and leaves all dimensions before it alone, so that the whole ' +
      'tensor can be given at once: one product with many rows in place of many products with few, forward and ' +
      'backward. The results agree up to rounding. Hooks and parametrizations of a layer then run once and not once a ' +
      'step: spectral normalisation, which moves on in each call while it trains, gives other weights. So the fix of ' +
      'a layer is *unsafe*, and that of `F.linear` is not.',
    example: `def forward(self, x: torch.Tensor) -> torch.Tensor:
    return torch.stack([self.proj(x[:, t]) for t in range(x.shape[1])], dim=1)`,
    instead: `def forward(self, x: torch.Tensor) -> torch.Tensor:
    return self.proj(x)`,
  },
  detect(scene) {
    const found = stackedMaps(scene).flatMap((map) => detectMap(scene, map) ?? []);
    const others = slicedSteps(scene).flatMap((each) => detectSteps(scene, each) ?? []);
    return [...found, ...others.filter((each) => !found.some((other) => overlaps(each, other)))];
  },
};

/** A loop for which no edit is offered: it does more to each slice. */
function detectSteps(scene: FunctionScene, steps: SlicedSteps): Detection | null {
  const { loop, sources, operations, isOfStep } = steps;
  const [first] = operations;
  // Of the call alone, the stacked maps have told whether it is the same.
  if (!first || first.expr === loop.element || !operations.every(isLinear)) return null;
  const isShared = ({ expr }: Operation): boolean => {
    const [input, ...others] = expr.kind === 'call' ? expr.args : [];
    return (
      expr.kind === 'call' &&
      input !== undefined &&
      isOfStep(input.value) &&
      isSameCallee(steps, expr.callee) &&
      !others.some((each) => isOfStep(each.value))
    );
  };
  if (!operations.every(isShared)) return null;
  const layer = first.expr.kind === 'call' ? scene.source(first.expr.callee) : '';
  return {
    start: loop.start,
    end: loop.end,
    message: `\`${layer}\` is called for one slice of ${sourceNames(scene, sources)} after the other: called once, it takes them all.`,
    fixes: [],
  };
}

function detectMap(scene: FunctionScene, map: StackedMap): Detection | null {
  const { element } = map;
  if (element.kind !== 'call' || map.dim === null) return null;
  const operation = scene.operationOf(element);
  if (!operation || !isLinear(operation)) return null;
  const slices = slicesOf(scene, map);
  const [slice, more] = slices ?? [];
  const input = inputOf(element);
  if (!slice || more || input !== slice.expr || slice.dim !== map.dim) return null;
  const others = element.args.map((each) => each.value).filter((each) => each !== input);
  if (others.some((each) => variesWith(each, map.target) || !isPure(scene, each))) return null;
  const rank = slice.tensor ? rankOf(slice.tensor.shape) : null;
  // The last dimension is the one that is multiplied: slices along it are something else.
  if (rank !== null && rank < slice.dim + 2) return null;
  const certain = slice.covered && !map.into && (slice.dim === 0 || rank !== null);
  // A layer may be more than its product: hooks and parametrizations run once in a call.
  const hooked = operation.kind === 'linear_call' ? ['nothing hooks into it'] : [];
  const conditions = [...hooked, ...conditionsOf(scene, map, certain)];
  const whole = wholeCall(scene, element, input, slice);
  const layer = scene.source(element.callee);
  const edits = map.replace(whole);
  return {
    start: map.start,
    end: map.end,
    message: `\`${layer}\` is called for one slice of \`${scene.source(slice.source)}\` after the other: \`${whole}\` computes the same in one call.`,
    fixes:
      !edits || holdsComment(scene.source(map))
        ? []
        : [
            {
              title: `Call ${layer} once${ifAll(conditions)}`,
              applicability: conditions.length === 0 ? 'safe' : 'unsafe',
              edits,
              variant: 'torch-rewrite',
            },
          ],
  };
}

function isLinear(operation: Operation): boolean {
  if (operation.framework !== 'torch' || operation.op !== 'linear') return false;
  return operation.kind === 'op' || (operation.kind === 'linear_call' && operation.module?.type === 'torch.nn.Linear');
}

function inputOf(call: CallExpr): Expr | null {
  const found = call.args.find((each) => each.name === 'input') ?? call.args[0];
  return found && (found.name === null || found.name === 'input') ? found.value : null;
}

function variesWith(expr: Expr, target: Expr): boolean {
  const names = target.kind === 'name' ? [target] : target.kind === 'tuple' ? target.items : [];
  return names.some((each) => each.kind === 'name' && mentions(expr, each.name));
}

/** The call with the whole tensor in the place of its slice. */
function wholeCall(scene: FunctionScene, call: CallExpr, input: Expr, slice: Slice): string {
  const text = scene.source(call);
  const [from, to] = [input.start - call.start, input.end - call.start];
  return text.slice(0, from) + scene.source(slice.source) + text.slice(to);
}
