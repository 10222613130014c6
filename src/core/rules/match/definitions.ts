/** Which assignment gives a name the value that a place sees, where there is but one that can. */
import { namesIn } from '../../infer/evaluate/expressions';
import type { FileModel } from '../../infer/model';
import type { Expr, Span, Stmt } from '../../lower/ir';
import { expressionsOf, walkExpr } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { BodyIndex } from './bodyIndex';
import type { Step } from './bodyIndex';
import { expressionsAround } from './spans';

export type Definition =
  /** The value that is assigned; the positions lead to the item of it that the name gets. */
  | { readonly kind: 'value'; readonly value: Expr; readonly positions: readonly number[] }
  | { readonly kind: 'parameter' }
  /** The body binds it nowhere. */
  | { readonly kind: 'outer' };

/**
 * The last assignment before a place that runs on every way to it, with no other in between.
 * @returns null where several may hold: one on some ways only, one of an earlier step of a loop
 */
export function definitionOf({ def, index }: FunctionScene, name: string, place: Span): Definition | null {
  const innermost = index.stepAt(place);
  // Functions inside this one, or other ones, may assign what is shared.
  if (!innermost || index.isShared(name) || bindsInside(innermost.statement, name, place)) return null;
  if (index.isBound(name)) {
    for (let step: Step | null = innermost; step; step = step.outer) {
      const { block, statement } = step;
      if (isScope(statement)) return null;
      // What a later step of a loop sees, an earlier one may have bound; a handler does not know how far a body came.
      if (/^(?:for|while|try|with|match)$/.test(statement.kind) && index.binds(statement, name)) return null;
      if (step !== innermost && expressionsOf(statement).some((each) => rebinds(each, name))) return null;
      const last = index.lastBinding(name, block[0]?.start ?? 0, statement.start);
      if (last) return index.isIn(block, last) ? assigned(last, name) : null;
    }
  } else if (innermost.nested) return null;
  if (def.parameters.some((each) => each.name === name)) return { kind: 'parameter' };
  return index.isBound(name) ? null : { kind: 'outer' };
}

/** What a name of the top level is for the functions of its file: nothing certain where it is bound more than once. */
export function onlyDefinition(file: FileModel, name: string): Expr | null {
  const { module } = file.facts;
  const index = file.once('index of the top level', () => new BodyIndex(module));
  const last = index.lastBinding(name, 0, Infinity);
  if (!last || !index.isIn(module, last) || index.lastBinding(name, 0, last.start)) return null;
  const found = assigned(last, name);
  return found?.kind === 'value' && found.positions.length === 0 ? found.value : null;
}

function assigned(statement: Stmt, name: string): Definition | null {
  if (statement.kind !== 'assign' || !statement.value) return null;
  for (const target of statement.targets.toReversed()) {
    const positions = positionIn(target, name);
    if (positions) return { kind: 'value', value: statement.value, positions };
  }
  return null;
}

function positionIn(target: Expr, name: string): readonly number[] | null {
  if (target.kind === 'name') return target.name === name ? [] : null;
  if (target.kind !== 'tuple' && target.kind !== 'list') return null;
  if (target.items.some((each) => each.kind === 'starred')) return null;
  // Targets are bound from left to right: of the same name the last one holds.
  for (const [at, item] of [...target.items.entries()].toReversed()) {
    const inner = positionIn(item, name);
    if (inner) return [at, ...inner];
  }
  return null;
}

/** The place's own statement gives the name another meaning: a walrus, a comprehension, a parameter of a lambda. */
function bindsInside(statement: Stmt, name: string, place: Span): boolean {
  if (expressionsOf(statement).some((each) => rebinds(each, name))) return true;
  return expressionsAround(statement, place).some((each) => {
    if (each.kind === 'lambda') return each.parameters.some((parameter) => parameter.name === name);
    if (each.kind !== 'comprehension') return false;
    return each.clauses.some((clause) => clause.kind === 'for' && namesIn(clause.target).includes(name));
  });
}

function isScope({ kind }: Stmt): boolean {
  return kind === 'def' || kind === 'class';
}

function rebinds(expr: Expr, name: string): boolean {
  let found = false;
  walkExpr(expr, (each) => {
    if (each.kind === 'walrus' && each.name === name) found = true;
  });
  return found;
}
