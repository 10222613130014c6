/** Attention written by hand: softmax of scaled, masked scores, times values, over one or several statements. */
import type { AssignStmt, AugmentStmt, Expr, ExprStmt, IfStmt, NameExpr, Span, Stmt } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import { arithmetic, readsOf, scoreLayers, softmaxLayer, weightsLayer } from './attentionLayers';
import type { Layer, Peeled } from './attentionLayers';
import { scoreProduct, valueProduct } from './attentionProduct';
import type { ScoreProduct, ValueProduct } from './attentionProduct';
import { changes, lastStep, otherUse } from './trail';

export interface Attention {
  readonly scores: ScoreProduct;
  readonly product: ValueProduct;
  /** From the product with the values inwards. */
  readonly layers: readonly Layer[];
  /** The statements that it is spread over, but for the last one. */
  readonly statements: readonly (AssignStmt | AugmentStmt | ExprStmt)[];
  /** Something is done to scores or weights only under a condition. */
  readonly conditional: boolean;
  /** Shape or dtype of scores or weights are asked for elsewhere. */
  readonly inspected: boolean;
}

/** What has been passed on the way inwards. */
interface Path {
  readonly layers: readonly Layer[];
  readonly statements: readonly (AssignStmt | AugmentStmt | ExprStmt)[];
  readonly conditional: boolean;
  /** Readings and bindings of the names on the way. */
  readonly own: readonly Expr[];
  readonly names: readonly string[];
  readonly values: readonly Expr[];
  /** The softmax has been passed: what comes are scores. */
  readonly inScores: boolean;
}

const START: Path = { layers: [], statements: [], conditional: false, own: [], names: [], values: [], inScores: false };

/** More steps than any code takes. */
const DEEPEST = 24;

/** The attention whose product with the values an expression is, or null. */
export function attentionOf(scene: FunctionScene, expr: Expr): Attention | null {
  const product = valueProduct(scene, expr);
  if (!product) return null;
  const found = inwards(scene, product.weights, START, 0);
  if (!found) return null;
  const { path, scores } = found;
  const removed = [...path.statements, expr];
  const use = otherUse(scene, new Set(path.names), new Set(path.own), new Set(path.values), removed);
  if (use === 'value') return null;
  return {
    scores,
    product,
    layers: path.layers,
    statements: path.statements,
    conditional: path.conditional,
    inspected: use === 'form',
  };
}

interface Found {
  readonly path: Path;
  readonly scores: ScoreProduct;
}

function inwards(scene: FunctionScene, expr: Expr, path: Path, depth: number): Found | null {
  if (depth > DEEPEST) return null;
  if (expr.kind === 'name') return backwards(scene, expr, expr, withOwn(path, [expr], expr.name), depth);
  if (!path.inScores) {
    const softmax = softmaxLayer(scene, expr);
    if (softmax) return inwards(scene, softmax.inner, { ...withLayer(path, softmax.layer), inScores: true }, depth + 1);
    const weights = weightsLayer(scene, expr);
    return weights ? inwards(scene, weights.inner, withLayer(path, weights.layer), depth + 1) : null;
  }
  const scores = scoreProduct(scene, expr);
  if (scores) return { path, scores };
  return firstOf(scoreLayers(scene, expr), (each) => inwards(scene, each.inner, passing(path, each), depth + 1));
}

/** From a name to what gave it its value before a place. */
function backwards(scene: FunctionScene, name: NameExpr, place: Span, path: Path, depth: number): Found | null {
  if (depth > DEEPEST) return null;
  const step = lastStep(scene, name.name, place);
  switch (step?.kind) {
    case 'assign': {
      const [target, more] = step.targets;
      if (!step.value || more || target?.kind !== 'name' || target.name !== name.name) return null;
      const next = { ...withStatement(path, step), values: [...path.values, step.value] };
      return inwards(scene, step.value, withOwn(next, [target]), depth + 1);
    }
    case 'augment': {
      if (step.target.kind !== 'name' || !path.inScores) return null;
      const { target } = step;
      return firstOf(arithmetic(scene, step.operator, target, step.value), (each) =>
        each.inner === target
          ? backwards(scene, name, step, withOwn(passing(withStatement(path, step), each), [target]), depth + 1)
          : null,
      );
    }
    case 'expr':
      return firstOf(inPlaceLayers(scene, step, name.name, path), (each) =>
        backwards(scene, name, step, withOwn(passing(withStatement(path, step), each), [each.inner]), depth + 1),
      );
    case 'if': {
      const under = underCondition(scene, step, name.name, path);
      return under && backwards(scene, name, step, under, depth + 1);
    }
    default:
      return null;
  }
}

/** `scores.masked_fill_(mask, value)` as a statement. */
function inPlaceLayers(scene: FunctionScene, { value }: ExprStmt, name: string, path: Path): readonly Peeled[] {
  if (!path.inScores || value.kind !== 'call' || value.callee.kind !== 'attribute') return [];
  if (!/[^_]_$/.test(value.callee.name)) return [];
  return scoreLayers(scene, value).filter(({ inner }) => inner.kind === 'name' && inner.name === name);
}

/** What ways of a condition do to a name, where each does no more than a layer does. */
function underCondition(scene: FunctionScene, step: IfStmt, name: string, path: Path): Path | null {
  let next: Path | null = { ...path, conditional: true };
  for (const each of [...step.body, ...step.orelse].toReversed()) {
    if (!changes(scene, each, name)) continue;
    next = next && conditionalStep(scene, each, name, next);
  }
  return next;
}

function conditionalStep(scene: FunctionScene, each: Stmt, name: string, path: Path): Path | null {
  if (each.kind === 'if') return underCondition(scene, each, name, path);
  if (each.kind === 'assign') {
    const [target, more] = each.targets;
    if (!each.value || more || target?.kind !== 'name') return null;
    const value = each.value;
    const found = path.inScores ? scoreLayers(scene, value) : [weightsLayer(scene, value)];
    const own = found.find((one) => one?.inner.kind === 'name' && one.inner.name === name);
    if (!own || readsOf(value, name).length !== (own.layer.kind === 'shift' ? 2 : 1)) return null;
    const next = withOwn(passing(path, own), [target, ...readsOf(value, name)]);
    return { ...next, values: [...next.values, value] };
  }
  if (each.kind === 'augment' && each.target.kind === 'name' && path.inScores) {
    const { target } = each;
    const own = arithmetic(scene, each.operator, target, each.value).find((one) => one.inner === target);
    return own && readsOf(each.value, name).length === 0 ? withOwn(passing(path, own), [target]) : null;
  }
  if (each.kind === 'expr') {
    const [own] = inPlaceLayers(scene, each, name, path);
    return own ? withOwn(passing(path, own), [own.inner]) : null;
  }
  return null;
}

function firstOf<T>(options: readonly T[], visit: (option: T) => Found | null): Found | null {
  for (const each of options) {
    const found = visit(each);
    if (found) return found;
  }
  return null;
}

function withLayer(path: Path, layer: Layer): Path {
  return { ...path, layers: [...path.layers, layer] };
}

/** The layer, and what it reads of the scores beside them. */
function passing(path: Path, { layer, inner }: Peeled): Path {
  const next = withLayer(path, layer);
  return layer.kind === 'shift' && inner.kind === 'name' ? withOwn(next, readsOf(layer.by, inner.name)) : next;
}

function withStatement(path: Path, statement: AssignStmt | AugmentStmt | ExprStmt): Path {
  return { ...path, statements: [...path.statements, statement] };
}

function withOwn(path: Path, own: readonly Expr[], name?: string): Path {
  const names = name === undefined || path.names.includes(name) ? path.names : [...path.names, name];
  return { ...path, own: [...path.own, ...own], names };
}
