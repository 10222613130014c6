/** Whether computing an expression once for all slices, in place of once for each, can change anything else. */
import { walkExpr } from '../lower/walk';
import type { Expr } from '../lower/ir';
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

/** Every call is of a function known to be pure; names are read, nothing is awaited, yielded or assigned. */
export function isPure(scene: FunctionScene, expr: Expr): boolean {
  let pure = true;
  walkExpr(expr, (each) => {
    if (each.kind === 'await' || each.kind === 'yield' || each.kind === 'walrus' || each.kind === 'opaque')
      pure = false;
    if (each.kind === 'call' && !isPureCall(scene, each)) pure = false;
    // Which of two ways a step takes may depend on its data.
    if (each.kind === 'conditional' || each.kind === 'boolean' || each.kind === 'comprehension') pure = false;
  });
  return pure;
}

function isPureCall(scene: FunctionScene, call: Extract<Expr, { kind: 'call' }>): boolean {
  if (call.args.some((each) => each.name === RANDOM_ARGUMENT || each.name === 'out' || each.name === '**'))
    return false;
  const { callee } = call;
  if (callee.kind !== 'attribute' && callee.kind !== 'name') return false;
  const qualified = scene.qualifiedName(callee);
  if (qualified !== null) {
    const match = /^torch\.(?:nn\.functional\.|linalg\.|special\.)?(\w+)$/.exec(qualified);
    return match !== null && PURE.has(match[1] ?? '');
  }
  return callee.kind === 'attribute' && PURE.has(callee.name) && scene.valueOf(callee.object).kind !== 'instance';
}
