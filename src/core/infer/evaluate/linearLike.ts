/**
 * Classes whose own `forward` is a linear map of its input: a package's own Linear, Conv1D or quantized layer, one
 * with an adapter beside it, one with a batch norm behind it.
 */
import type { CallExpr, Expr, Stmt } from '../../lower/ir';
import { walkBody, walkExpr, walkStatements } from '../../lower/walk';
import { summarize } from '../analyzeFunction';
import { BENDS, LINEAR_NAME } from '../bends';
import type { Operation } from '../operations';
import { isCall } from '../operations';
import { optionsOf } from '../values';
import type { Value } from '../values';
import { attributeOf, findMethod, isLinearSubclass, moduleLikelihood } from './classes';
import type { Evaluator } from './evaluator';

/** More products than this are a network: the map itself, its adapter's two, and those of a second branch. */
const MOST_PRODUCTS = 6;

const BENDING_MODULE =
  /^torch\.nn\.(?:\w*ReLU6?|GELU|SiLU|Mish|ELU|SELU|CELU|Sigmoid|LogSigmoid|Tanh\w*|Soft\w+|LogSoftmax|Hard\w+|GLU|LayerNorm|RMSNorm|GroupNorm|MultiheadAttention|RNN\w*|LSTM\w*|GRU\w*|Transformer\w*)$/;

export function isLinearLike(ev: Evaluator, key: string): boolean {
  return ev.session.keep('linear', key, () => judge(ev, key), false);
}

function judge(ev: Evaluator, key: string): boolean {
  if (isLinearSubclass(ev, key)) return true;
  if (moduleLikelihood(ev, key) === 'no') return false;
  const method = findMethod(ev, key, 'forward');
  const body = method === null ? null : ev.session.body(method);
  const summary = method === null ? null : summarize(ev.session, method);
  if (!body || !summary) return false;
  const products = summary.operations.filter((each) => isCall(each) && each.framework === 'torch');
  if (products.length === 0 || products.length > MOST_PRODUCTS || !products.every(byOwnWeight)) return false;
  const named = LINEAR_NAME.test(ev.session.classFacts(key)?.name ?? '');
  const calls: CallExpr[] = [];
  walkBody(body.body, (each) => {
    if (each.kind === 'call') calls.push(each);
  });
  const looped = loopVariables(body.body);
  return calls.every(({ callee }) => {
    // The modules of a list that are run one after the other may be any.
    const nature = callee.kind === 'name' && looped.has(callee.name) ? 'unknown' : natureOf(ev, key, callee);
    return nature === 'straight' || (nature === 'unknown' && named);
  });
}

function loopVariables(body: readonly Stmt[]): ReadonlySet<string> {
  const names = new Set<string>();
  walkStatements(body, (statement) => {
    if (statement.kind !== 'for') return;
    walkExpr(statement.target, (each) => {
      if (each.kind === 'name') names.add(each.name);
    });
  });
  return names;
}

/** One operand is the input or comes from it, another is the module's own. */
function byOwnWeight(operation: Operation): boolean {
  if (operation.kind === 'linear_call' || operation.kind === 'linear_like_call') return true;
  return operation.kind === 'op' && operation.operands.some((each) => each.value.weight === true || isOwn(each.expr));
}

/** `self.weight`, `self.weight.t()`, `weight[i]` of it. */
function isOwn(expr: Expr | null): boolean {
  switch (expr?.kind) {
    case 'attribute':
      return (expr.object.kind === 'name' && expr.object.name === 'self') || isOwn(expr.object);
    case 'call':
      return isOwn(expr.callee);
    case 'subscript':
      return isOwn(expr.object);
    default:
      return false;
  }
}

function natureOf(ev: Evaluator, key: string, callee: Expr): 'straight' | 'bends' | 'unknown' {
  const name = callee.kind === 'name' || callee.kind === 'attribute' ? callee.name : '';
  if (BENDS.test(name)) return 'bends';
  if (callee.kind !== 'attribute' || callee.object.kind !== 'name' || callee.object.name !== 'self') return 'straight';
  const value = attributeOf(ev, { kind: 'instance', key, given: new Map() }, name);
  const natures = value ? optionsOf(value).map((each) => natureOfValue(ev, each)) : ['unknown' as const];
  return natures.find((each) => each === 'bends') ?? natures.find((each) => each === 'unknown') ?? 'straight';
}

function natureOfValue(ev: Evaluator, value: Value): 'straight' | 'bends' | 'unknown' {
  switch (value.kind) {
    case 'module':
      return BENDING_MODULE.test(value.type) ? 'bends' : 'straight';
    case 'instance':
      return isLinearLike(ev, value.key) ? 'straight' : 'unknown';
    case 'none':
    case 'function':
      return 'straight';
    case 'container':
      return 'bends';
    default:
      return 'unknown';
  }
}
