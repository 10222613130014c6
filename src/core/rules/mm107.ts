/** MM107: products of slices that are added up in a loop. */
import { namesIn } from '../infer/evaluate/expressions';
import { numberOf } from '../infer/dims';
import { rankOf, sizeAt } from '../infer/shapes';
import type { Expr, ForStmt, Span, Stmt } from '../lower/ir';
import { blocksOf } from '../lower/facts';
import { expressionsOf, mentions, walkBody } from '../lower/walk';
import type { Edit } from './finding';
import { productOf } from './match/slicedProduct';
import type { SlicedProduct } from './match/slicedProduct';
import { torchCallOf } from './match/torchCall';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { slicesOf } from './slices';
import type { Slice } from './slices';
import { holdsComment, wholeLines } from './source';
import { torchName } from './match/moduleNames';

export const mm107: Rule = {
  code: 'MM107',
  name: 'accumulated-products',
  category: 'vectorize',
  summary: 'Products of slices that a loop adds up; one contraction over the sliced dimension, too, computes the sum.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'safe',
  since: '0.1.0',
  docs: {
    finds:
      'A loop, or `sum` of a comprehension, that adds up the products of slices of two tensors, such as ' +
      '`total += a[i] @ b[i]` from zero on, also with transposed slices, vectors and outer products. Weighted sums, ' +
      'lists of tensors, and loops with any other statement keep the rule silent.',
    why:
      'A sum of products is itself a product with a longer inner dimension: `torch.einsum` contracts the sliced dimension ' +
      'together with the inner one. The multiplications are the same, but one call makes them, and no step reads and writes the ' +
      'whole sum again; the backward pass is one product for each tensor in place of one a step. The results agree up to ' +
      'rounding; in half precision the sum is rounded once and no longer in each step. The slices may have to be copied side by ' +
      'side, which with few steps of large matrices costs about what is saved. A loop of no steps gives 0, the contraction a ' +
      'tensor of zeros: where the size is not known to be at least 1, the fix is unsafe.',
    example: `def gram(x: Float[Tensor, "16 32 8"]) -> torch.Tensor:
    total = 0
    for i in range(16):
        total = total + x[i].T @ x[i]
    return total`,
    instead: `def gram(x: Float[Tensor, "16 32 8"]) -> torch.Tensor:
    return torch.einsum("nji,njk->ik", x, x)`,
  },
  detect(scene) {
    const inLoop = scene.analysis.operations.filter(
      ({ loops, framework }) => loops.length > 0 && framework === 'torch',
    );
    if (inLoop.length === 0) return [];
    return sumsIn(scene).flatMap((each) => detectSum(scene, each) ?? []);
  },
};

/** A sum over the steps of a loop. */
interface LoopSum extends Span {
  readonly element: Expr;
  readonly target: Expr;
  readonly iterable: Expr;
  /** What the sum begins with; null for `sum`, which begins with an integer. */
  readonly begin: Expr | null;
  readonly replace: (whole: string) => readonly Edit[] | null;
}

function sumsIn(scene: FunctionScene): readonly LoopSum[] {
  const found: LoopSum[] = [];
  walkBody(scene.def.body, (each) => {
    const sum = summedComprehension(scene, each);
    if (sum) found.push(sum);
  });
  const visit = (block: readonly Stmt[]): void => {
    block.forEach((statement, at) => {
      const sum = statement.kind === 'for' ? accumulated(scene, block, at, statement) : null;
      if (sum) found.push(sum);
      blocksOf(statement).forEach(visit);
    });
  };
  visit(scene.def.body);
  return found;
}

/** `sum(a[i] @ b[i] for i in range(n))` */
function summedComprehension(scene: FunctionScene, expr: Expr): LoopSum | null {
  if (expr.kind !== 'call' || scene.qualifiedName(expr.callee) !== 'builtins.sum') return null;
  const [only, more] = expr.args;
  if (only?.value.kind !== 'comprehension' || only.name !== null || more) return null;
  const { clauses, element, form } = only.value;
  const [clause, another] = clauses;
  if (clause?.kind !== 'for' || another || (form !== 'list' && form !== 'generator')) return null;
  if (/\basync\s/.test(scene.source(only.value))) return null;
  const { start, end } = expr;
  const { target, iterable } = clause;
  return { element, target, iterable, begin: null, replace: (whole) => [{ start, end, newText: whole }], start, end };
}

/** `total = 0` and a loop whose one statement is `total += ...` or `total = total + ...`. */
function accumulated(scene: FunctionScene, block: readonly Stmt[], at: number, loop: ForStmt): LoopSum | null {
  const [only, more] = loop.body;
  if (!only || more || loop.orelse.length > 0 || /^async\b/.test(scene.source(loop))) return null;
  const added = addedIn(only);
  if (!added || mentions(added.element, added.name) || mentions(loop.iterable, added.name)) return null;
  const beginAt = block.slice(0, at).findLastIndex((each) => mentionsName(each, added.name));
  const begin = block[beginAt];
  if (begin?.kind !== 'assign' || begin.targets.length !== 1 || !begin.value) return null;
  const [target] = begin.targets;
  if (target?.kind !== 'name' || target.name !== added.name || mentions(begin.value, added.name)) return null;
  // Without the loop its variables would be gone.
  if (namesIn(loop.target).some((name) => isUsedOutside(scene, name, loop))) return null;
  const { start, end } = loop;
  return {
    element: added.element,
    target: loop.target,
    iterable: loop.iterable,
    begin: begin.value,
    replace: (whole) => {
      const line = wholeLines(scene, begin);
      return (
        line && [
          { ...line, newText: '' },
          { start, end, newText: `${added.name} = ${whole}` },
        ]
      );
    },
    start,
    end,
  };
}

function addedIn(statement: Stmt): { readonly name: string; readonly element: Expr } | null {
  if (statement.kind === 'augment')
    return statement.operator === '+' && statement.target.kind === 'name'
      ? { name: statement.target.name, element: statement.value }
      : null;
  if (statement.kind !== 'assign' || statement.targets.length !== 1 || statement.value?.kind !== 'binary') return null;
  const [target] = statement.targets;
  const { left, right, operator } = statement.value;
  if (target?.kind !== 'name' || operator !== '+') return null;
  if (left.kind === 'name' && left.name === target.name) return { name: target.name, element: right };
  return right.kind === 'name' && right.name === target.name ? { name: target.name, element: left } : null;
}

function mentionsName(statement: Stmt, name: string): boolean {
  let found = expressionsOf(statement).some((each) => mentions(each, name));
  for (const block of blocksOf(statement)) found ||= block.some((each) => mentionsName(each, name));
  if (statement.kind === 'def' || statement.kind === 'class')
    found ||= statement.body.some((each) => mentionsName(each, name));
  return found;
}

function isUsedOutside({ def }: FunctionScene, name: string, loop: Span): boolean {
  let used = false;
  walkBody(def.body, (each) => {
    if (each.kind === 'name' && each.name === name && (each.start < loop.start || each.end > loop.end)) used = true;
  });
  return used;
}

function detectSum(scene: FunctionScene, sum: LoopSum): Detection | null {
  const operation = scene.operationOf(sum.element);
  if (operation?.kind !== 'op' || operation.framework !== 'torch') return null;
  const slices = slicesOf(scene, { ...sum, dim: 0, into: null, replace: () => null });
  const product = slices && productOf(scene, operation, slices);
  const conditions = product ? conditionsOf(scene, sum, product) : null;
  if (!product || !conditions) return null;
  const torch = torchName(scene) ?? 'torch';
  const sources = product.sources.map((each) => scene.source(each)).join(', ');
  // Of two transposed matrices einsum gives a transposed product; the sum of the loop is contiguous.
  const contiguous = product.bothTransposed ? '.contiguous()' : '';
  const whole = `${torch}.einsum("${product.equation}", ${sources})${contiguous}`;
  const edits = torchName(scene) !== null && !holdsComment(scene.source(sum)) ? sum.replace(whole) : null;
  return {
    start: sum.start,
    end: sum.end,
    message: `The products of slices are added up one by one: \`${whole}\` contracts the sliced dimension, too, in one call.`,
    fixes: edits
      ? [
          {
            title: `Replace the loop by ${whole}${conditions.length > 0 ? `, if ${conditions.join(' and ')}` : ''}`,
            applicability: conditions.length > 0 ? 'unsafe' : 'safe',
            edits,
            variant: 'torch-rewrite',
          },
        ]
      : [],
  };
}

/** What the reader must know; null where the sum begins with something else than zero. */
function conditionsOf(scene: FunctionScene, { begin }: LoopSum, { slices }: SlicedProduct): readonly string[] | null {
  const conditions: string[] = [];
  if (slices.some((each) => !each.covered)) conditions.push('the loop runs over all of them');
  if (!slices.some(hasSteps)) conditions.push('there is at least one step');
  if (begin === null) return conditions;
  if (begin.kind === 'number' && begin.value === 0) {
    const floating = slices.every((each) => /^(?:b?f|c)\d/.test(each.tensor?.dtype ?? ''));
    if (!begin.integer && !floating) conditions.push('the tensors are of floating point');
    return conditions;
  }
  const call = torchCallOf(scene, begin);
  if (!call || !/^(?:zeros|zeros_like|new_zeros)$/.test(call.name)) return null;
  return [...conditions, 'the zeros have the shape and dtype of a product'];
}

/** At least one step is certain to be made. */
function hasSteps({ tensor, dim }: Slice): boolean {
  const size = tensor && rankOf(tensor.shape) !== null ? sizeAt(tensor.shape, dim) : null;
  const count = size ? numberOf(size) : null;
  return count !== null && count > 0;
}
