/** Writes an attention as a call of `scaled_dot_product_attention`, with the conditions on which it is the same. */
import { rankOf } from '../infer/shapes';
import type { CallExpr, Expr } from '../lower/ir';
import type { Attention } from './match/attention';
import { isNumber } from './match/attentionLayers';
import type { Layer } from './match/attentionLayers';
import type { Order } from './match/attentionProduct';
import { meaningOf } from './match/meaning';
import { TorchCall } from './match/torchCall';
import type { FunctionScene } from './scene';
import { asOperand } from './source';

export interface FusedCall {
  readonly text: string;
  /** In words that follow `if`. */
  readonly conditions: readonly string[];
  /** It says all that the code says; else something is left for the reader to write. */
  readonly complete: boolean;
  /** What it reads earlier than the code does, or later. */
  readonly moved: readonly Expr[];
}

type Kind<K extends Layer['kind']> = Extract<Layer, { kind: K }>;

/** @param functional what `torch.nn.functional` is called; null where the attention is none that can be fused */
export function fusedCall(scene: FunctionScene, attention: Attention, functional: string): FusedCall | null {
  const { layers, scores, product } = attention;
  if (layers.findIndex((each) => each.kind === 'scale') >= 0 && masksAfterScale(layers)) return null;
  const folded = scaledQuery(scene, scores.query);
  const query = folded?.query ?? scores.query;
  const factors: readonly Kind<'scale'>[] = [...ofKind(layers, 'scale'), ...(folded ? [folded.layer] : [])];
  const mask = maskOf(scene, layers, attention.conditional);
  const dropout = ofKind(layers, 'dropout');
  const probability = dropoutOf(scene, dropout);
  if (mask === undefined || isVector(scene, query) || isVector(scene, product.value)) return null;
  const scale = scaleOf(scene, factors, query, scores.key);
  const key =
    scores.transposed === 'inside'
      ? inOrder(scene, scores.key, scores.keyOrder)
      : `${asOperand(scene, scores.key)}.transpose(-2, -1)`;
  const parts = [
    inOrder(scene, query, scores.queryOrder),
    key,
    inOrder(scene, product.value, product.valueOrder),
    ...(mask.text === '' ? [] : [`attn_mask=${mask.text}`]),
    ...(probability === '' ? [] : [`dropout_p=${probability ?? '...'}`]),
    ...(scale === '' ? [] : [`scale=${scale}`]),
  ];
  const call = `${functional}.scaled_dot_product_attention(${parts.join(', ')})`;
  return {
    text: call + orderText(product.outputOrder),
    conditions: conditionsOf(scene, attention, query, factors),
    complete: mask.complete && probability !== null && scores.certain,
    moved: [query, scores.key, ...mask.exprs, ...factors.map((each) => each.by)],
  };
}

function ofKind<K extends Layer['kind']>(layers: readonly Layer[], kind: K): readonly Kind<K>[] {
  return layers.filter((each): each is Kind<K> => each.kind === kind);
}

/** A bias that is scaled with the scores is another one; what is as good as infinite stays so. */
function masksAfterScale(layers: readonly Layer[]): boolean {
  const first = layers.findIndex((each) => each.kind === 'scale');
  return layers.some((each, at) => each.kind === 'add' && at > first);
}

/** `(q * scale) @ k`: the scale of the queries is that of the scores. */
function scaledQuery(
  scene: FunctionScene,
  query: Expr,
): { readonly query: Expr; readonly layer: Kind<'scale'> } | null {
  if (query.kind !== 'binary' || (query.operator !== '*' && query.operator !== '/')) return null;
  const divides = query.operator === '/';
  if (isNumber(scene, query.right)) return { query: query.left, layer: { kind: 'scale', by: query.right, divides } };
  return !divides && isNumber(scene, query.left)
    ? { query: query.right, layer: { kind: 'scale', by: query.left, divides } }
    : null;
}

interface MaskText {
  readonly text: string;
  readonly exprs: readonly Expr[];
  readonly complete: boolean;
}

/** Undefined where what is added is no mask. */
function maskOf(scene: FunctionScene, layers: readonly Layer[], conditional: boolean): MaskText | undefined {
  const added = ofKind(layers, 'add');
  const fills = ofKind(layers, 'fill');
  // Numbers do not change a softmax, truth values are numbers here, and of a product more may be meant.
  if (added.some(({ mask }) => isNumber(scene, mask) || scene.tensorOf(mask)?.dtype === 'bool')) return undefined;
  const exprs = [...added, ...fills].map((each) => each.mask);
  const sum = added
    .toReversed()
    .map(({ mask }) => asOperand(scene, mask))
    .join(' + ');
  const kept = fills
    .toReversed()
    .map((each) => keptText(scene, each, fills.length === 1))
    .join(' & ');
  const [only] = added;
  const mixed = fills.length > 0 && added.length > 0;
  const text = fills.length > 0 ? kept : only && added.length === 1 ? scene.source(only.mask) : sum;
  return {
    text: mixed || (conditional && exprs.length > 1) ? '...' : text,
    exprs,
    complete: !mixed,
  };
}

/** A truth for each score that takes part. */
function keptText(scene: FunctionScene, { mask, keeps }: Kind<'fill'>, alone: boolean): string {
  if (keeps) return alone ? scene.source(mask) : asOperand(scene, mask);
  if (mask.kind === 'unary' && mask.operator === '~')
    return alone ? scene.source(mask.operand) : asOperand(scene, mask.operand);
  const [operator] = mask.kind === 'compare' ? mask.operators : [];
  const [left, right] = mask.kind === 'compare' ? mask.operands : [];
  if (
    left &&
    right &&
    (operator === '==' || operator === '!=') &&
    mask.kind === 'compare' &&
    mask.operators.length === 1
  ) {
    const compared = `${scene.source(left)} ${operator === '==' ? '!=' : '=='} ${scene.source(right)}`;
    return alone ? compared : `(${compared})`;
  }
  return `~${asOperand(scene, mask)}`;
}

/** The argument `dropout_p`; empty: there is none, null: it cannot be told. */
function dropoutOf(scene: FunctionScene, [only, more]: readonly Kind<'dropout'>[]): string | null {
  if (!only) return '';
  if (more || !only.certain) return null;
  if (only.call instanceof TorchCall) {
    const p = only.call.argument(1, 'p');
    const training = only.call.argument(2, 'training');
    const text = p ? scene.source(p) : '0.5';
    if (!training || (training.kind === 'constant' && training.value === 'True')) return text;
    return `${text} if ${scene.source(training)} else 0.0`;
  }
  return moduleDropout(scene, only.call);
}

function moduleDropout(scene: FunctionScene, { callee }: CallExpr): string | null {
  if (callee.kind !== 'attribute') return null;
  const module = scene.source(callee);
  // A dropout is trained when the module is that holds it.
  return `${module}.p if ${scene.source(callee.object)}.training else 0.0`;
}

/** The argument `scale`; empty where it is the default. */
function scaleOf(scene: FunctionScene, factors: readonly Kind<'scale'>[], query: Expr, key: Expr): string {
  const [only, more] = factors;
  if (!only) return '1.0';
  if (!more && isDefaultScale(scene, only, [query, key])) return '';
  const times = factors.filter((each) => !each.divides).map((each) => asOperand(scene, each.by));
  const over = factors.filter((each) => each.divides).map((each) => asOperand(scene, each.by));
  if (times.length === 1 && over.length === 0 && !more) return scene.source(only.by);
  return [times.length === 0 ? '1' : times.join(' * '), ...over].join(' / ');
}

/** One over the root of the size that is summed over. */
function isDefaultScale(scene: FunctionScene, { by, divides }: Kind<'scale'>, tensors: readonly Expr[]): boolean {
  const meaning = meaningOf(scene, by);
  const size = rootOf(scene, meaning, divides ? 0.5 : -0.5) ?? (divides ? null : inverseRoot(scene, meaning));
  if (size === null) return false;
  const what = meaningOf(scene, size);
  const texts = tensors.map((each) => asOperand(scene, each));
  const sizes = texts.flatMap((each) => [`${each}.size(-1)`, `${each}.shape[-1]`, `${each}.size(dim=-1)`]);
  return sizes.includes(scene.source(what)) && !tensors.some((each) => each.kind !== 'name');
}

function rootOf(scene: FunctionScene, expr: Expr, power: number): Expr | null {
  if (expr.kind === 'binary' && expr.operator === '**')
    return scene.source(expr.right).replace(/[()\s]/g, '') === String(power) ? expr.left : null;
  if (expr.kind !== 'call' || power < 0) return null;
  const [first, more] = expr.args;
  return /^(?:math|numpy)\.sqrt$/.test(scene.qualifiedName(expr.callee) ?? '') && first && !more ? first.value : null;
}

/** `1 / math.sqrt(d)` */
function inverseRoot(scene: FunctionScene, expr: Expr): Expr | null {
  if (expr.kind !== 'binary' || expr.operator !== '/' || expr.left.kind !== 'number' || expr.left.value !== 1)
    return null;
  return rootOf(scene, expr.right, 0.5);
}

function inOrder(scene: FunctionScene, expr: Expr, order: Order): string {
  return order ? asOperand(scene, expr) + orderText(order) : scene.source(expr);
}

function orderText(order: Order): string {
  if (!order) return '';
  const moved = order.flatMap((each, at) => (each === at ? [] : [at]));
  return moved.length === 2 ? `.transpose(${moved.join(', ')})` : `.permute(${order.join(', ')})`;
}

function isVector(scene: FunctionScene, expr: Expr): boolean {
  const shape = scene.tensorOf(expr)?.shape;
  return shape !== undefined && (rankOf(shape) ?? 2) < 2;
}

/** What the code does not show, and what SDPA does otherwise. */
function conditionsOf(
  scene: FunctionScene,
  { layers, product, scores }: Attention,
  query: Expr,
  factors: readonly Kind<'scale'>[],
): readonly string[] {
  const added = ofKind(layers, 'add');
  const dropouts = ofKind(layers, 'dropout');
  const softmax = ofKind(layers, 'softmax');
  const found: string[] = [];
  const unsure = factors.filter((each) => !isNumber(scene, each.by)).map((each) => scene.source(each.by));
  if (unsure.length > 0) found.push(`${unsure.join(' and ')} ${unsure.length === 1 ? 'is a number' : 'are numbers'}`);
  const unranked = [...(scores.ranked ? [] : [query]), ...(product.ranked ? [] : [product.value])];
  const vectors = unranked.filter((each) => !hasRows(scene, each)).map((each) => scene.source(each));
  if (vectors.length > 0 && vectors.every((each) => each.length < 20))
    found.push(`${[...new Set(vectors)].join(' and ')} ${vectors.length === 1 ? 'is no vector' : 'are no vectors'}`);
  const masks = [...added, ...ofKind(layers, 'fill')];
  if (masks.length > 0 && (added.length > 0 || !masks.every((each) => hasRows(scene, each.mask)))) {
    const dtype = added.length > 0 ? ' and the dtype of the queries' : '';
    found.push(`the mask has the form (..., L, S)${dtype}`);
  }
  if (masks.length > 0) found.push('no row is fully masked');
  if (softmax.some((each) => each.upcast) || ofKind(layers, 'cast').length > 0)
    found.push('all are of one dtype', 'the softmax may round elsewhere');
  if (softmax.some((each) => each.module)) found.push('nothing hooks the softmax');
  if (dropouts.length > 0) found.push('dropout may draw other numbers');
  return [...found, 'no NaN must come through', 'no second derivatives are taken'];
}

/** It certainly has two dimensions or more. */
function hasRows(scene: FunctionScene, expr: Expr): boolean {
  const shape = scene.tensorOf(expr)?.shape;
  return shape !== undefined && (rankOf(shape) ?? shape.dims.length) >= 2;
}
