/** MM108: the experts of a mixture, each called on the tokens that were routed to it. */
import { namesIn } from '../infer/evaluate/expressions';
import type { CallExpr, Expr } from '../lower/ir';
import { expressionsOf, walkExpr, walkStatements } from '../lower/walk';
import { derivedNames, followsFrom, loopsOf, walkLoop } from './match/loops';
import type { Loop } from './match/loops';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

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
      '(`index_add_`, `out[rows] += ...`). A class with a decorator keeps the rule silent: it may choose another implementation.',
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
    if (!/\bwhere\b|\bnonzero\b|==/.test(scene.source(scene.def)) || isDecorated(scene)) return [];
    // Arrays of NumPy are indexed and called alike.
    if (!scene.analysis.operations.some(({ framework }) => framework === 'torch')) return [];
    return loopsOf(scene).flatMap((loop) => detectLoop(scene, loop) ?? []);
  },
};

function isDecorated({ file, key }: FunctionScene): boolean {
  const owner = file.functionFacts(key)?.owner ?? null;
  return owner !== null && (file.classFacts(owner)?.statement.decorators.length ?? 0) > 0;
}

function detectLoop(scene: FunctionScene, loop: Loop): Detection | null {
  if (loop.element) return null;
  const varying = derivedNames(loop, namesIn(loop.target));
  const rows = rowNames(loop, varying);
  if (rows.size === 0) return null;
  const isGather = (each: Expr): boolean =>
    each.kind === 'subscript' && each.index.some((part) => followsFrom(part, rows)) && !isTarget(loop, each);
  const gathered = derivedNames(loop, [], isGather);
  const holdsRows = (expr: Expr): boolean => followsFrom(expr, gathered, isGather);
  const called = expertCall(scene, loop, varying, holdsRows);
  if (!called || !scatters(loop, rows, holdsRows)) return null;
  return {
    start: loop.start,
    end: loop.end,
    message:
      `\`${scene.source(called.callee)}\` multiplies the rows of one expert after the other: with stacked weights and rows ` +
      'sorted by expert, `torch.nn.functional.grouped_mm` multiplies all groups in one call.',
    fixes: [],
  };
}

/** `rows, slots = torch.where(mask[i])`, `mask = chosen == i`: which rows go to this step's expert. */
function rowNames(loop: Loop, varying: ReadonlySet<string>): ReadonlySet<string> {
  const rows = new Set<string>();
  walkStatements(loop.body, (each) => {
    if (each.kind !== 'assign' || !each.value || !followsFrom(each.value, varying)) return;
    if (looksUp(each.value)) each.targets.flatMap(namesIn).forEach((name) => rows.add(name));
  });
  return rows;
}

function looksUp(value: Expr): boolean {
  let found = false;
  walkExpr(value, (each) => {
    if (each.kind === 'compare') found ||= each.operators.length === 1 && each.operators[0] === '==';
    if (each.kind !== 'call' || each.callee.kind !== 'attribute') return;
    const { name } = each.callee;
    if (name === 'nonzero' || (name === 'where' && each.args.length === 1)) found = true;
  });
  return found;
}

/** The call in which the expert, or its weight, is of this step, and so are the rows that it is given. */
function expertCall(
  scene: FunctionScene,
  loop: Loop,
  varying: ReadonlySet<string>,
  holdsRows: (expr: Expr) => boolean,
): CallExpr | null {
  let found: CallExpr | null = null;
  walkLoop(loop, (each) => {
    if (found || each.kind !== 'call' || !each.args.some(({ value }) => holdsRows(value))) return;
    if (isExpert(each.callee, varying) && !holdsRows(each.callee)) found = each;
    const operation = scene.operationOf(each);
    if (operation?.framework !== 'torch') return;
    const weights = each.args.some(({ value }) => followsFrom(value, varying) && !holdsRows(value));
    if (weights) found = each;
  });
  return found;
}

/** `expert`, `self.experts[i]`, `self[f"expert_{i}"]`; a method of something else is no expert. */
function isExpert(callee: Expr, varying: ReadonlySet<string>): boolean {
  if (callee.kind === 'name') return varying.has(callee.name);
  if (callee.kind === 'subscript') return callee.index.some((part) => followsFrom(part, varying));
  return callee.kind === 'call' && callee.callee.kind === 'name' && callee.callee.name === 'getattr';
}

const SCATTERS = new Set(['index_add_', 'index_add', 'index_put_', 'index_copy_', 'scatter_add_']);

function scatters(loop: Loop, rows: ReadonlySet<string>, holdsRows: (expr: Expr) => boolean): boolean {
  let found = false;
  walkStatements(loop.body, (each) => {
    if (each.kind === 'assign' || each.kind === 'augment') {
      const targets = each.kind === 'assign' ? each.targets : [each.target];
      const stored = targets.some(
        (target) => target.kind === 'subscript' && target.index.some((part) => followsFrom(part, rows)),
      );
      if (stored && each.value && holdsRows(each.value)) found = true;
    }
    for (const part of expressionsOf(each))
      walkExpr(part, (inner) => {
        if (inner.kind !== 'call' || inner.callee.kind !== 'attribute' || !SCATTERS.has(inner.callee.name)) return;
        const values = inner.args.map(({ value }) => value);
        if (values.some((value) => followsFrom(value, rows)) && values.some(holdsRows)) found = true;
      });
  });
  return found;
}

function isTarget(loop: Loop, expr: Expr): boolean {
  let found = false;
  walkStatements(loop.body, (each) => {
    if (each.kind === 'assign' && each.targets.includes(expr)) found = true;
    if (each.kind === 'augment' && each.target === expr) found = true;
  });
  return found;
}
