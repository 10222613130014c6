/** MM101: a loop of matrix products over the slices of tensors. */
import { rankOf } from '../infer/shapes';
import type { Operation } from '../infer/operations';
import { walkExpr } from '../lower/walk';
import type { Expr } from '../lower/ir';
import { conditionsOf, ifAll } from './condition';
import { isPure } from './purity';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { slicesOf } from './slices';
import type { Slice } from './slices';
import { holdsComment } from './source';
import { overlaps } from './match/spans';
import { slicedSteps, sourceNames } from './match/slicedSteps';
import type { SlicedSteps } from './match/slicedSteps';
import { stackedMaps } from './stackedMap';
import type { StackedMap } from './stackedMap';
import { vmapDimensions, vmapOfElement } from './vmap';
import { torchName } from './match/moduleNames';

const VMAP = 'torch.vmap';
const CONTIGUOUS = '.contiguous()';

/** Products of two operands that `matmul` computes for any operand these accept. */
const PAIRS = new Set(['@', 'matmul', 'mm', 'mv']);

export const mm101: Rule = {
  code: 'MM101',
  name: 'matmul-in-loop',
  category: 'vectorize',
  summary: 'A loop of matrix products over the slices of a tensor; one batched product computes the same.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'safe',
  since: '0.1.0',
  docs: {
    finds:
      'A loop or comprehension that multiplies one slice of a tensor after the other and stacks or joins the results: ' +
      '`torch.stack([... for ...])`, a list that is appended to and then stacked, or `out[i] = ...`. Each step must ' +
      'be independent: a value carried to the next step, a branch, a call that may do anything else, chunks, or a list in ' +
      'place of a tensor keeps the rule silent. Where a step is one expression, and its result is stacked at once, the ' +
      'batched call is offered; steps of several statements, and what is joined by `torch.cat`, are found without an edit.',
    why:
      'Each step is a call of its own, with the cost of a call and too little work to fill a GPU or the cores of ' +
      'a CPU. One batched product (`torch.bmm`, a broadcast `@`, or `torch.vmap`) does the same arithmetic in one ' +
      'call, and its backward pass is one call, too. The results agree up to rounding.',
    example: `def scores(queries: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
    return torch.stack([queries[i] @ keys[i].T for i in range(queries.shape[0])])`,
    instead: `def scores(queries: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
    return torch.vmap(lambda queries_i, keys_i: queries_i @ keys_i.T)(queries, keys).contiguous()`,
  },
  detect(scene) {
    const found = stackedMaps(scene).flatMap((map) => detectMap(scene, map) ?? []);
    const others = slicedSteps(scene).flatMap((each) => detectSteps(scene, each) ?? []);
    return [...found, ...others.filter((each) => !found.some((other) => overlaps(each, other)))];
  },
};

/** A loop for which no edit is offered. */
function detectSteps(scene: FunctionScene, steps: SlicedSteps): Detection | null {
  const { loop, sources, operations, isOfStep } = steps;
  const isOwn = ({ kind, op, operands }: Operation): boolean => {
    if (kind !== 'op') return false;
    const own = operands.filter(({ expr }) => expr && isOfStep(expr));
    // One weight for all steps is what MM102 speaks of.
    return op === 'linear' ? own.length > 1 : own.length > 0;
  };
  if (!operations.some(isOwn)) return null;
  return {
    start: loop.start,
    end: loop.end,
    message:
      `A loop of matrix products over ${sourceNames(scene, sources)}: on the whole tensors one batched product ` +
      `(\`matmul\`, \`einsum\` or \`${VMAP}\`) computes the same in one call.`,
    fixes: [],
  };
}

function detectMap(scene: FunctionScene, map: StackedMap): Detection | null {
  const products = productsIn(scene, map.element);
  if (products.length === 0) return null;
  const slices = slicesOf(scene, map);
  if (!slices || slices.length === 0 || !products.some((each) => dependsOn(each.expr, slices))) return null;
  if (!isPure(scene, map.element)) return null;
  const ways = batched(scene, map, slices);
  const [best] = ways;
  const certain = slices.every((each) => each.covered) && !map.into;
  const commented = holdsComment(scene.source(map));
  return {
    start: map.start,
    end: map.end,
    message: `A loop of matrix products over ${namesOf(scene, slices)}: \`${best ? shown(best) : VMAP}\` computes the same in one call.`,
    fixes: commented
      ? []
      : ways.flatMap((way) => {
          const edits = map.replace(way.text);
          if (!edits) return [];
          return [
            {
              title: `Replace the loop by ${shown(way)}${ifAll(conditionsOf(scene, map, certain))}`,
              applicability: certain ? ('safe' as const) : ('unsafe' as const),
              edits,
              variant: way.call === VMAP ? ('torch-vmap' as const) : ('torch-rewrite' as const),
            },
          ];
        }),
  };
}

function productsIn(scene: FunctionScene, element: Expr): readonly Operation[] {
  const found: Operation[] = [];
  walkExpr(element, (each) => {
    const operation = scene.operationOf(each);
    if (operation?.kind === 'op' && operation.framework === 'torch' && operation.op !== 'linear') found.push(operation);
  });
  return found;
}

function dependsOn(expr: Expr, slices: readonly Slice[]): boolean {
  return slices.some((each) => each.expr.start >= expr.start && each.expr.end <= expr.end);
}

function namesOf(scene: FunctionScene, slices: readonly Slice[]): string {
  return [...new Set(slices.map((each) => `\`${scene.source(each.source)}\``))].join(' and ');
}

interface Batched {
  readonly text: string;
  /** What it is called, for title and message. */
  readonly call: string;
}

/** The expression itself, unless it is too long to be read in a menu. */
function shown({ text, call }: Batched): string {
  return text.length <= 60 && !text.includes('\n') ? text : call;
}

/** The ways to write it, the best one first. */
function batched(scene: FunctionScene, map: StackedMap, slices: readonly Slice[]): readonly Batched[] {
  const torch = torchName(scene);
  if (map.dim === null || map.dim < 0) return [];
  const direct = map.dim === 0 ? directProduct(scene, map.element, slices, torch) : null;
  const mapped = torch === null ? null : vmapped(scene, map, slices, torch);
  return [direct, mapped].filter((each) => each !== null);
}

function vmapped(scene: FunctionScene, map: StackedMap, slices: readonly Slice[], torch: string): Batched {
  const output = map.dim ?? 0;
  const operands = operandPair(scene, map.element)?.map((expr) => ({
    expr,
    slice: slices.find((each) => each.expr === expr) ?? null,
  }));
  const sliced = operands?.filter((each) => each.slice).length;
  if (operands && sliced === slices.length) {
    const dims = vmapDimensions(
      operands.map((each) => each.slice?.dim ?? null),
      output,
    );
    const whole = operands.map((each) => scene.source(each.slice?.source ?? each.expr)).join(', ');
    // What torch.stack gives is contiguous; of vmap only the plain batched product is sure to be.
    const plain = dims === '';
    return { text: `${torch}.vmap(${torch}.matmul${dims})(${whole})${plain ? '' : CONTIGUOUS}`, call: VMAP };
  }
  return { text: `${vmapOfElement(scene, torch, map.element, slices, output)}${CONTIGUOUS}`, call: VMAP };
}

function operandPair(scene: FunctionScene, element: Expr): readonly [Expr, Expr] | null {
  const operation = scene.operationOf(element);
  if (!operation || !PAIRS.has(operation.op)) return null;
  const [a, b, more] = operation.operands;
  if (!a?.expr || !b?.expr || more) return null;
  return [a.expr, b.expr];
}

/** `torch.bmm(a, b)` or `a @ b`, where the ranks show that it is the same; null otherwise. */
function directProduct(
  scene: FunctionScene,
  element: Expr,
  slices: readonly Slice[],
  torch: string | null,
): Batched | null {
  const pair = operandPair(scene, element);
  if (!pair) return null;
  const [left, right] = pair.map((expr) => {
    const slice = slices.find((each) => each.expr === expr) ?? null;
    const tensor = slice ? slice.tensor : scene.tensorOf(expr);
    return { slice, text: scene.source(slice?.source ?? expr), rank: tensor ? rankOf(tensor.shape) : null };
  });
  if (!left || !right || left.rank === null || right.rank === null) return null;
  if (slices.length !== Number(left.slice !== null) + Number(right.slice !== null)) return null;
  if ([left, right].some(({ slice }) => slice && slice.dim !== 0)) return null;
  const broadcast = { text: `${left.text} @ ${right.text}`, call: '@' };
  if (left.slice && right.slice) {
    if (left.rank === 3 && right.rank === 3 && torch !== null)
      return { text: `${torch}.bmm(${left.text}, ${right.text})`, call: 'torch.bmm' };
    return left.rank === right.rank && left.rank >= 3 ? broadcast : null;
  }
  // A matrix that is the same in each step is broadcast; its partner keeps its leading dimension.
  if (left.slice) return right.rank === 2 && left.rank >= 2 ? broadcast : null;
  return left.rank === 2 && right.rank >= 3 ? broadcast : null;
}
