/** Whether computing an expression once for all slices, in place of once for each, can change anything else. */
import { walkExpr } from '../lower/walk';
import type { Expr } from '../lower/ir';
import { integerLiteral } from './literals';
import { ownModules } from './match/ownModule';
import type { FunctionScene } from './scene';

/** Methods and functions of tensors that read nothing but their arguments and write nothing. */
const PURE = new Set([
  'matmul', 'mm', 'bmm', 'mv', 'dot', 'inner', 'outer', 'addmm', 'baddbmm', 'addmv', 'einsum', 'tensordot', 'linear', 'scaled_dot_product_attention',
  'relu', 'gelu', 'silu', 'sigmoid', 'tanh', 'softmax', 'log_softmax', 'softplus', 'elu', 'leaky_relu', 'exp', 'log', 'log1p', 'expm1', 'sqrt', 'rsqrt', 'square', 'abs',
  'neg', 'sin', 'cos', 'erf', 'pow', 'add', 'sub', 'mul', 'div', 'clamp', 'maximum', 'minimum', 'where', 'sum', 'mean', 'amax', 'amin', 'norm', 'normalize', 'layer_norm',
  't', 'transpose', 'permute', 'unsqueeze', 'squeeze', 'flatten', 'reshape', 'view', 'expand', 'contiguous', 'tril', 'triu', 'float', 'masked_fill', 'cat', 'stack',
]); // prettier-ignore

/** `scaled_dot_product_attention(dropout_p=...)` draws at random. */
const RANDOM_ARGUMENT = 'dropout_p';

/**
 * Every call is of a function known to be pure; names are read, nothing is awaited, yielded or assigned, and
 * nothing depends on the values of a tensor in a way that cannot be done for all slices at once.
 * @param also further names of pure functions; modules that treat each sample alike are then pure, too
 */
export function isPure(scene: FunctionScene, expr: Expr, also: RegExp | null = null): boolean {
  let pure = true;
  walkExpr(expr, (each) => {
    if (!isPurePart(scene, each, also)) pure = false;
  });
  return pure;
}

function isPurePart(scene: FunctionScene, each: Expr, also: RegExp | null): boolean {
  switch (each.kind) {
    case 'call':
      return isPureCall(scene, each, also);
    case 'subscript':
      return each.index.every((part) => isPlainIndex(scene, part));
    case 'compare':
      // Chained and membership comparisons ask for the truth of a tensor.
      return each.operators.length === 1 && /^(?:[<>]=?|==|!=)$/.test(each.operators[0] ?? '');
    case 'unary':
      return each.operator !== 'not';
    case 'attribute':
      return each.name !== 'data' && each.name !== 'grad';
    case 'await':
    case 'yield':
    case 'walrus':
    case 'opaque':
    // Which of two ways a step takes may depend on its data.
    case 'conditional':
    case 'boolean':
    case 'comprehension':
    case 'lambda':
      return false;
    default:
      return true;
  }
}

/** Numbers, full and literal slices, and integers: a mask or a computed bound gives each slice another shape. */
function isPlainIndex(scene: FunctionScene, part: Expr): boolean {
  switch (part.kind) {
    case 'number':
    case 'constant':
      return true;
    case 'unary':
      return part.operand.kind === 'number';
    case 'slice':
      return [part.lower, part.upper, part.step].every((each) => each === null || integerLiteral(each) !== null);
    default: {
      const value = scene.valueOf(part);
      return value.kind === 'number' || (value.kind === 'tensor' && /^[iu]\d/.test(value.dtype ?? ''));
    }
  }
}

/** Modules that do the same to each sample, in whatever mode they are. */
const POINTWISE =
  /^torch\.nn\.(?:Linear|ReLU|GELU|SiLU|ELU|LeakyReLU|Sigmoid|Tanh|Softplus|Softmax|LayerNorm|RMSNorm|Identity|Flatten)$/;

function isPureCall(scene: FunctionScene, call: Extract<Expr, { kind: 'call' }>, also: RegExp | null): boolean {
  if (call.args.some((each) => each.name === RANDOM_ARGUMENT || each.name === 'out' || each.name === '**'))
    return false;
  const { callee } = call;
  if (callee.kind !== 'attribute' && callee.kind !== 'name') return false;
  // With one argument `where` tells places, as many as there happen to be.
  if (callee.name === 'where' && call.args.length < (scene.qualifiedName(callee) === null ? 2 : 3)) return false;
  const qualified = scene.qualifiedName(callee);
  if (also && qualified === null) {
    const own = scene.operationOf(call)?.module?.type;
    const types = own === undefined ? ownModules(scene, callee)?.map(({ type }) => type) : [own];
    if (types?.every((each) => POINTWISE.test(each))) return true;
  }
  const isKnown = (name: string): boolean => PURE.has(name) || also?.test(name) === true;
  if (qualified !== null) {
    const match = /^torch\.(?:nn\.functional\.|linalg\.|special\.)?(\w+)$/.exec(qualified);
    return match !== null && isKnown(match[1] ?? '');
  }
  return callee.kind === 'attribute' && isKnown(callee.name) && scene.valueOf(callee.object).kind !== 'instance';
}
