/**
 * A computation done once for each slice of some tensors, with the results stacked: the loop that one
 * batched call replaces. It is written in three ways:
 *
 *     torch.stack([f(a[i]) for i in range(n)], dim)
 *     rows = [] ... for i in range(n): rows.append(f(a[i])) ... torch.stack(rows, dim)
 *     for i in range(n): out[i] = f(a[i])
 *
 * Only loops whose body is this one statement are taken: nothing can be carried from one step to the next.
 */
import { walkBody } from '../lower/walk';
import { blocksOf } from '../lower/facts';
import { holds } from './match/spans';
import type { CallExpr, Expr, ForStmt, Span, Stmt } from '../lower/ir';
import type { Edit } from './finding';
import type { FunctionScene } from './scene';
import { integerLiteral } from './literals';
import { wholeLines } from './source';

export interface StackedMap extends Span {
  /** What each step computes. */
  readonly element: Expr;
  readonly target: Expr;
  readonly iterable: Expr;
  /** The dimension along which the results are stacked; null where it is not a plain number. */
  readonly dim: number | null;
  /** For results written to slices of a tensor that is there already: that tensor. */
  readonly into: Expr | null;
  /** The edits that put an expression for the whole stack in place of the loop; null where none would be clean. */
  readonly replace: (whole: string) => readonly Edit[] | null;
}

export function stackedMaps(scene: FunctionScene): readonly StackedMap[] {
  const found: StackedMap[] = [];
  walkBody(scene.def.body, (expr) => {
    const map = stackedComprehension(scene, expr);
    if (map) found.push(map);
  });
  visitBlocks(scene.def.body, (block) => {
    block.forEach((statement, at) => {
      if (statement.kind !== 'for' || statement.orelse.length > 0 || isAsync(scene, statement)) return;
      // Without the loop its variables would be gone.
      if (namesOf(statement.target).some((name) => usedOutside(scene, name, statement))) return;
      const map = slicesWritten(scene, statement) ?? appended(scene, block, at, statement);
      if (map) found.push(map);
    });
  });
  return found;
}

function visitBlocks(block: readonly Stmt[], visit: (block: readonly Stmt[]) => void): void {
  visit(block);
  for (const statement of block) {
    for (const each of blocksOf(statement)) visitBlocks(each, visit);
    if (statement.kind === 'def') visitBlocks(statement.body, visit);
  }
}

/** `torch.stack(items)` and where it puts the new dimension. */
function stackCall(scene: FunctionScene, expr: Expr): { readonly items: Expr; readonly dim: number | null } | null {
  if (expr.kind !== 'call' || scene.qualifiedName(expr.callee) !== 'torch.stack') return null;
  const [items, ...others] = expr.args;
  if (items?.name !== null && items?.name !== 'tensors') return null;
  if (others.some((each) => each.name !== null && each.name !== 'dim')) return null;
  const [dim, more] = others;
  if (more) return null;
  const value = dim ? integerLiteral(dim.value) : 0;
  return { items: items.value, dim: value };
}

function stackedComprehension(scene: FunctionScene, expr: Expr): StackedMap | null {
  const stack = stackCall(scene, expr);
  if (stack?.items.kind !== 'comprehension') return null;
  const { form, clauses, element } = stack.items;
  const [clause, more] = clauses;
  if (clause?.kind !== 'for' || more || (form !== 'list' && form !== 'generator')) return null;
  if (isAsync(scene, stack.items)) return null;
  const { start, end } = expr;
  return {
    element,
    target: clause.target,
    iterable: clause.iterable,
    dim: stack.dim,
    into: null,
    replace: (whole) => [{ start, end, newText: whole }],
    start,
    end,
  };
}

/** `for i in ...: out[i] = f(a[i])` */
function slicesWritten(scene: FunctionScene, loop: ForStmt): StackedMap | null {
  const [only, more] = loop.body;
  if (only?.kind !== 'assign' || more || !only.value) return null;
  const [target, second] = only.targets;
  if (target?.kind !== 'subscript' || second || target.object.kind !== 'name') return null;
  if (loop.target.kind !== 'name') return null;
  const dim = sliceDimension(target.index, loop.target.name);
  if (dim === null) return null;
  const out = target.object;
  return {
    element: only.value,
    target: loop.target,
    iterable: loop.iterable,
    dim,
    into: out,
    replace: (whole) => [{ start: loop.start, end: loop.end, newText: `${scene.source(out)}[:] = ${whole}` }],
    start: loop.start,
    end: loop.end,
  };
}

/** The position of a lone variable among full slices: 0 for `[i]`, 1 for `[:, i]`; null for anything else. */
export function sliceDimension(index: readonly Expr[], variable: string): number | null {
  const last = index.at(-1);
  if (last?.kind !== 'name' || last.name !== variable) return null;
  const full = index.slice(0, -1).every((each) => each.kind === 'slice' && !each.lower && !each.upper && !each.step);
  return full ? index.length - 1 : null;
}

/** `rows = []`, the loop that appends to it, and one `torch.stack(rows)` behind it. */
function appended(scene: FunctionScene, block: readonly Stmt[], at: number, loop: ForStmt): StackedMap | null {
  const [only, more] = loop.body;
  if (only?.kind !== 'expr' || more) return null;
  const call = only.value;
  if (call.kind !== 'call' || call.callee.kind !== 'attribute' || call.callee.name !== 'append') return null;
  const list = call.callee.object;
  const [element, another] = call.args;
  if (list.kind !== 'name' || element?.name !== null || another) return null;
  const begin = block.slice(0, at).findLast((each) => isEmptyList(each, list.name));
  const stack = findStack(scene, block[at + 1], list.name);
  // The list may be used for nothing else: by its name it stands in these three places alone.
  if (!begin || !stack || countName(scene, list.name) !== 3 || isShared(scene, list.name)) return null;
  const [emptyList, wholeLoop] = [wholeLines(scene, begin), wholeLines(scene, loop)];
  return {
    element: element.value,
    target: loop.target,
    iterable: loop.iterable,
    dim: stack.dim,
    into: null,
    replace: (whole) =>
      emptyList && wholeLoop
        ? [
            { ...emptyList, newText: '' },
            { ...wholeLoop, newText: '' },
            { start: stack.call.start, end: stack.call.end, newText: whole },
          ]
        : null,
    start: loop.start,
    end: loop.end,
  };
}

function isEmptyList(statement: Stmt, name: string): boolean {
  if (statement.kind !== 'assign' || statement.targets.length !== 1) return false;
  const [target] = statement.targets;
  return (
    target?.kind === 'name' &&
    target.name === name &&
    statement.value?.kind === 'list' &&
    statement.value.items.length === 0
  );
}

/** The stacking call in the statement behind the loop, where it is the first thing that this evaluates. */
function findStack(
  scene: FunctionScene,
  statement: Stmt | undefined,
  name: string,
): { readonly call: CallExpr; readonly dim: number | null } | null {
  if (statement?.kind !== 'assign' && statement?.kind !== 'return' && statement?.kind !== 'expr') return null;
  for (let each: Expr | null = statement.value; each; each = evaluatedFirst(scene, each)) {
    const stack = each.kind === 'call' ? stackCall(scene, each) : null;
    if (each.kind === 'call' && stack?.items.kind === 'name' && stack.items.name === name) {
      return { call: each, dim: stack.dim };
    }
  }
  return null;
}

/** The part of an expression that is evaluated before its other parts, once and in any case. */
function evaluatedFirst(scene: FunctionScene, expr: Expr): Expr | null {
  switch (expr.kind) {
    case 'attribute':
    case 'subscript':
      return expr.object;
    case 'binary':
      return expr.left;
    case 'unary':
      return expr.operand;
    case 'compare':
      return expr.operands[0] ?? null;
    case 'tuple':
    case 'list':
      return expr.items[0] ?? null;
    case 'call':
      if (scene.qualifiedName(expr.callee) !== null) return expr.args[0]?.value ?? null;
      return expr.callee.kind === 'attribute' ? expr.callee.object : null;
    default:
      return null;
  }
}

function isAsync(scene: FunctionScene, span: Span): boolean {
  return /(?:^|\s)async\s+for\b/.test(scene.source(span));
}

function namesOf(target: Expr): readonly string[] {
  if (target.kind === 'name') return [target.name];
  return target.kind === 'tuple' || target.kind === 'list' ? target.items.flatMap(namesOf) : [];
}

function usedOutside(scene: FunctionScene, name: string, loop: Span): boolean {
  return scene.index.mentions(name).some((each) => each.kind === 'name' && !holds(loop, each));
}

/** A name of an outer scope, or one that `locals()` would show. */
function isShared(scene: FunctionScene, name: string): boolean {
  return scene.index.isShared(name) || scene.index.mentions('locals').length > 0;
}

function countName(scene: FunctionScene, name: string): number {
  return scene.index.mentions(name).filter((each) => each.kind === 'name').length;
}
