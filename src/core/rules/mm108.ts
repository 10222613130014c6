/** MM108: the experts of a mixture, each called on the tokens that were routed to it. */
import type { CallExpr, Expr } from '../lower/ir';
import { walkExpr } from '../lower/walk';
import { derivedNames, followsFrom, loopsOf, walkLoop } from './match/loops';
import type { Loop } from './match/loops';
import { routedRows } from './match/routedRows';
import type { RoutedRows } from './match/routedRows';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { namesIn } from '../infer/evaluate/expressions';

export const mm108: Rule = {
  code: 'MM108',
  name: 'expert-loop',
  category: 'vectorize',
  summary:
    'A loop over the experts of a mixture, each on the tokens routed to it; a grouped product multiplies all at once.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'A loop over experts that looks up the rows routed to each (`torch.where`, `.nonzero()`, a comparison with the ' +
      'expert’s number), gives them to that expert, and adds what it returns to those rows of the result ' +
      '(`index_add_`, `out[rows] += ...`); or one that gives each its part of sorted rows, by their counts or as parts of a ' +
      '`split`, and joins the results. Experts kept in a dict may differ and keep the rule silent. A class with a decorator keeps the rule silent: it may choose another implementation.',
    why:
      'Every expert costs a few calls with a part of the tokens, and each lookup makes the host wait for the device to ' +
      'tell how many rows there are. With the weights of all experts in one tensor and the rows sorted by expert, ' +
      '`torch.nn.functional.grouped_mm` (before it had that name, `torch._grouped_mm`; in JAX `jax.lax.ragged_dot`) ' +
      'multiplies all groups in one call that needs no lookup. Padding the groups to one length for ' +
      '`torch.bmm` multiplies zeros: with uneven routing that is most of the work. Stacked weights are other ' +
      'parameters, in the `state_dict` and for optimizers, and the fast kernels ask for bfloat16, rows of a multiple of 16 bytes, and a recent ' +
      'device; elsewhere the grouped product runs a loop of its own. With few experts and many tokens for each there is little to gain. ' +
      'Capacity limits, dropout in the experts and their hooks must be kept by hand, so that nothing is edited here.',
    example: `class Mixture(nn.Module):
    def __init__(self, dim: int, experts: int):
        super().__init__()
        self.experts = nn.ModuleList([nn.Linear(dim, dim, bias=False) for _ in range(experts)])

    def forward(self, x: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        out = torch.zeros_like(x)
        for i, expert in enumerate(self.experts):
            (rows,) = torch.where(chosen == i)
            out.index_add_(0, rows, expert(x[rows]))
        return out`,
    instead: `class Mixture(nn.Module):
    def __init__(self, dim: int, experts: int):
        super().__init__()
        layers = [nn.Linear(dim, dim, bias=False) for _ in range(experts)]
        self.weight = nn.Parameter(torch.stack([each.weight.detach().T for each in layers]))

    def forward(self, x: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        order = chosen.argsort()
        ends = torch.bincount(chosen, minlength=len(self.weight)).cumsum(0).to(torch.int32)
        out = torch.empty_like(x)
        out[order] = torch.nn.functional.grouped_mm(x[order], self.weight, offs=ends)
        return out`,
  },
  detect(scene) {
    const text = scene.source(scene.def);
    if (!/\bwhere\b|\bnonzero\b|==|\bsplit\b|\[[^\]]*:/.test(text) || isDecorated(scene)) return [];
    // Arrays of NumPy are indexed and called alike.
    const isTorch = scene.analysis.operations.some(({ framework }) => framework === 'torch') || OF_TORCH.test(text);
    return isTorch ? loopsOf(scene).flatMap((loop) => detectLoop(scene, loop) ?? []) : [];
  },
};

/** Attention multiplies by no weight. */
const PRODUCTS = new Set(['linear', 'matmul', 'mm', 'bmm', 'einsum', 'addmm', 'mv']);

const OF_TORCH = /\btorch\.|\.(?:index_add|index_copy|scatter\w*)_\(|\.index_select\(/;

function isDecorated({ file, key }: FunctionScene): boolean {
  const owner = file.functionFacts(key)?.owner ?? null;
  return owner !== null && (file.classFacts(owner)?.statement.decorators.length ?? 0) > 0;
}

function detectLoop(scene: FunctionScene, loop: Loop): Detection | null {
  if (loop.element || isOverDict(loop.iterable)) return null;
  const varying = derivedNames(loop, namesIn(loop.target));
  for (const rows of routedRows(scene, loop, varying)) {
    const called = expertCall(scene, loop, varying, rows);
    if (!called) continue;
    return {
      start: loop.start,
      end: loop.end,
      message:
        `\`${scene.source(called)}\` multiplies the rows of one expert after the other: with stacked weights and rows ` +
        'sorted by expert, `torch.nn.functional.grouped_mm` multiplies all groups in one call.',
      fixes: [],
    };
  }
  return null;
}

/** What has a name of its own may have a shape of its own. */
function isOverDict(iterable: Expr): boolean {
  let found = false;
  walkExpr(iterable, (each) => {
    if (each.kind === 'attribute' && /^(?:items|values|keys)$/.test(each.name)) found = true;
  });
  return found;
}

/** The expert of this step, or the product with its weight, where the rows that it is given are this step's, too. */
function expertCall(
  scene: FunctionScene,
  loop: Loop,
  varying: ReadonlySet<string>,
  { holds }: RoutedRows,
): Expr | null {
  let found: Expr | null = null;
  const isWeight = (value: Expr): boolean => followsFrom(value, varying) && !holds(value);
  walkLoop(loop, (each) => {
    if (found) return;
    if (each.kind === 'binary' && each.operator === '@') {
      const sides = [each.left, each.right];
      const isProduct = scene.operationOf(each)?.framework === 'torch';
      if (isProduct && sides.some(holds) && sides.some(isWeight)) found = each;
    }
    if (each.kind !== 'call' || !each.args.some(({ value }) => holds(value))) return;
    if (isExpert(each, varying) && !holds(each.callee)) found = each.callee;
    const operation = scene.operationOf(each);
    const isProduct = operation?.framework === 'torch' && PRODUCTS.has(operation.op);
    if (isProduct && each.args.some(({ value }) => isWeight(value))) found = each.callee;
  });
  return found;
}

/** `expert`, `self.experts[i]`, `self[f"expert_{i}"]`; a method of something else is no expert. */
function isExpert({ callee }: CallExpr, varying: ReadonlySet<string>): boolean {
  if (callee.kind === 'name') return varying.has(callee.name);
  if (callee.kind === 'subscript') return callee.index.some((part) => followsFrom(part, varying));
  return callee.kind === 'call' && callee.callee.kind === 'name' && callee.callee.name === 'getattr';
}
