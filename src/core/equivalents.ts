/** What the lightbulb offers at a product: the same work compiled, mapped by vmap, or in JAX. */
import type { FileAnalysis } from './analyze';
import { operationAt } from './describe/explain';
import { rankOf, sameSize } from './infer/shapes';
import { isCall } from './infer/operations';
import type { Operation } from './infer/operations';
import type { Fix } from './rules/finding';
import { isCompiled } from './rules/compiled';
import { decoratorEdit } from './rules/header';
import { FunctionScene } from './rules/scene';
import { torchName } from './rules/match/moduleNames';

export interface Equivalent {
  readonly kind: 'jit' | 'vmap' | 'jax';
  readonly title: string;
  /** Null where there is only something to read. */
  readonly fix: Fix | null;
  /** Python to read, or to copy. */
  readonly source: string | null;
}

export function equivalentsAt(analysis: FileAnalysis, offset: number): readonly Equivalent[] {
  const found = operationAt(analysis, offset);
  if (!found || !isCall(found.operation) || found.operation.framework !== 'torch') return [];
  const { session } = analysis;
  const each = analysis.functions.find((one) => one.key === found.operation.owner);
  const def = each && each.key !== '' ? session.file.body(each.key) : null;
  if (!each || !def) return [];
  const scene = new FunctionScene(session, each, def, () => false);
  return [compiled(scene), mapped(scene, found.operation), inJax(scene, found.operation)].filter((one) => one !== null);
}

function compiled(scene: FunctionScene): Equivalent | null {
  const facts = scene.file.functionFacts(scene.key);
  const torch = torchName(scene);
  if (!facts || torch === null || facts.def.async || isCompiled(scene, facts)) return null;
  const origin = scene.file.originOf(scene.key);
  const edit = decoratorEdit(scene, `@${torch}.compile`);
  const title = `Compile ${facts.name} with ${torch}.compile`;
  const edits = [{ ...edit, start: edit.start + origin, end: edit.end + origin }];
  return { kind: 'jit', title, fix: { title, applicability: 'unsafe', edits }, source: null };
}

/** A product of stacks of matrices, written for one pair and mapped over the others. */
function mapped(scene: FunctionScene, operation: Operation): Equivalent | null {
  const torch = torchName(scene);
  const [a, b] = operation.operands;
  if (torch === null || !a?.expr || !b) return null;
  const rank = rankOf(a.value.shape);
  if (rank === null || rank < 2) return null;
  const source = (expr: { readonly start: number; readonly end: number }): string => scene.source(expr);
  const title = 'Show the same by torch.vmap';
  if (operation.kind === 'linear_call' && operation.expr.kind === 'call') {
    const layer = source(operation.expr.callee);
    return { kind: 'vmap', title, fix: null, source: `${torch}.vmap(${layer})(${source(a.expr)})\n` };
  }
  if (!b.expr || !/^(?:@|matmul|mm|bmm|mv)$/.test(operation.op)) return null;
  const other = rankOf(b.value.shape);
  if (other === null) return null;
  // Both are stacks of as many, or the second is the same for all: broadcasting is not what vmap does.
  const stacks =
    other === rank &&
    rank >= 3 &&
    a.value.shape.dims
      .slice(0, -2)
      .every((size, at) => size !== null && sameSize(size, b.value.shape.dims[at] ?? null));
  if (!stacks && other > 2) return null;
  const over = stacks ? '' : ', in_dims=(0, None)';
  return {
    kind: 'vmap',
    title,
    fix: null,
    source: `${torch}.vmap(${torch}.matmul${over})(${source(a.expr)}, ${source(b.expr)})\n`,
  };
}

/** One product as a jitted JAX function of its operands, which are JAX arrays then. */
const IN_JAX: Readonly<Record<string, string>> = {
  '@': 'a, b):\n    return jnp.matmul(a, b)',
  matmul: 'a, b):\n    return jnp.matmul(a, b)',
  mm: 'a, b):\n    return jnp.matmul(a, b)',
  bmm: 'a, b):\n    return jnp.matmul(a, b)',
  mv: 'a, b):\n    return jnp.matmul(a, b)',
  dot: 'a, b):\n    return jnp.dot(a, b)',
  inner: 'a, b):\n    return jnp.inner(a, b)',
  outer: 'a, b):\n    return jnp.outer(a, b)',
  addmm: 'c, a, b):\n    return c + jnp.matmul(a, b)',
  baddbmm: 'c, a, b):\n    return c + jnp.matmul(a, b)',
  // nn.Linear keeps its weight as (out_features, in_features).
  linear: 'x, weight, bias=None):\n    y = jnp.matmul(x, weight.T)\n    return y if bias is None else y + bias',
  // torch has the heads before the time steps, JAX behind them.
  scaled_dot_product_attention:
    'q, k, v):\n    q, k, v = (jnp.swapaxes(each, -2, -3) for each in (q, k, v))\n    return jnp.swapaxes(jax.nn.dot_product_attention(q, k, v), -2, -3)',
};

/** What a call says beside its operands, such as `is_causal`, no template here knows. */
function saysMore(operation: Operation): boolean {
  const { expr, operands } = operation;
  if (expr.kind !== 'call' || operation.kind !== 'op' || operation.op === 'einsum') return false;
  const known = new Set(operands.map((each) => each.expr));
  return expr.args.some((each) => !known.has(each.value));
}

function inJax(scene: FunctionScene, operation: Operation): Equivalent | null {
  if (saysMore(operation) || operation.op.endsWith('_')) return null;
  const [first] = operation.expr.kind === 'call' ? operation.expr.args : [];
  const subscripts = operation.op === 'einsum' && first?.value.kind === 'string' ? scene.source(first.value) : null;
  const body =
    subscripts === null ? IN_JAX[operation.op] : `*operands):\n    return jnp.einsum(${subscripts}, *operands)`;
  if (body === undefined || (subscripts === null && operation.op === 'einsum')) return null;
  const source = `import jax\nimport jax.numpy as jnp\n\n\n@jax.jit\ndef product(${body}\n`;
  return { kind: 'jax', title: 'Show the same in JAX', fix: null, source };
}
