/** What stands between the two products of an attention: scaling, masks, softmax, dropout. */
import { numberOf } from '../../infer/dims';
import { rankOf } from '../../infer/shapes';
import { optionsOf } from '../../infer/values';
import type { CallExpr, Expr } from '../../lower/ir';
import { walkExpr } from '../../lower/walk';
import { integerLiteral } from '../literals';
import type { FunctionScene } from '../scene';
import { meaningOf } from './meaning';
import { ownModules } from './ownModule';
import { TorchCall, torchCallOf } from './torchCall';

export type Layer =
  /** The scores times a number, or divided by it. */
  | { readonly kind: 'scale'; readonly by: Expr; readonly divides: boolean }
  /** The scores plus a mask or bias. */
  | { readonly kind: 'add'; readonly mask: Expr }
  /** Minus infinity, or a number as good, where a mask is true; `keeps`: where it is false. */
  | { readonly kind: 'fill'; readonly mask: Expr; readonly keeps: boolean }
  /** Less their largest one, which changes no softmax. */
  | { readonly kind: 'shift'; readonly by: Expr }
  /** Another dtype. */
  | { readonly kind: 'cast'; readonly like: Expr | null }
  | { readonly kind: 'dropout'; readonly call: TorchCall | CallExpr; readonly certain: boolean }
  /** A module of the reader's may be hooked. */
  | { readonly kind: 'softmax'; readonly upcast: boolean; readonly module: Expr | null };

export interface Peeled {
  readonly layer: Layer;
  readonly inner: Expr;
}

/** A call of torch, where a value that nothing is known of may be a tensor, too. */
export function looseTorchCall(scene: FunctionScene, expr: Expr): TorchCall | null {
  const certain = torchCallOf(scene, expr);
  if (certain || expr.kind !== 'call' || expr.callee.kind !== 'attribute') return certain;
  const { callee, args } = expr;
  if (scene.qualifiedName(callee) !== null || scene.valueOf(callee.object).kind !== 'unknown') return null;
  if (args.some((each) => each.name === '*' || each.name === '**')) return null;
  const positional = args.filter((each) => each.name === null).map((each) => each.value);
  const keywords = new Map(args.flatMap((each) => (each.name === null ? [] : [[each.name, each.value] as const])));
  return new TorchCall(callee.name, expr, [callee.object, ...positional], keywords, true);
}

/** The softmax over the last dimension that an expression is. */
export function softmaxLayer(scene: FunctionScene, expr: Expr): Peeled | null {
  if (expr.kind !== 'call') return null;
  const module = softmaxModule(scene, expr);
  if (module) return module;
  const call = looseTorchCall(scene, expr);
  const inner = call?.argument(0, 'input');
  if (call?.name !== 'softmax' || !inner) return null;
  const dim = call.keywords.get('dim') ?? call.positional[1];
  if (!dim || !isLast(scene, integerLiteral(dim), inner)) return null;
  if ([...call.keywords.keys()].some((each) => !/^(?:input|dim|dtype|_stacklevel)$/.test(each))) return null;
  if (call.positional.length > 2) return null;
  const dtype = call.keywords.get('dtype');
  return { layer: { kind: 'softmax', upcast: dtype !== undefined && !isNone(dtype), module: null }, inner };
}

/** `self.softmax(scores)`, `nn.Softmax(dim=-1)(scores)` */
function softmaxModule(scene: FunctionScene, expr: CallExpr): Peeled | null {
  const [input, more] = expr.args;
  if (input?.name !== null || more) return null;
  const inline = expr.callee.kind === 'call' ? expr.callee : null;
  const own = inline ? null : ownModules(scene, expr.callee);
  const [only, other] = own ?? [];
  const type = inline ? scene.qualifiedName(inline.callee) : only?.type;
  const made = inline ?? only?.made;
  if (!made || other || type !== 'torch.nn.Softmax') return null;
  const [dim] = made.args;
  if (!dim || made.args.length > 1 || !isLast(scene, integerLiteral(dim.value), input.value)) return null;
  return { layer: { kind: 'softmax', upcast: false, module: inline ? null : expr.callee }, inner: input.value };
}

function isLast(scene: FunctionScene, dim: number | null, tensor: Expr): boolean {
  if (dim === null || dim < 0) return dim === -1;
  const shape = scene.tensorOf(tensor)?.shape;
  return shape !== undefined && rankOf(shape) === dim + 1;
}

/** What is done to the weights behind the softmax. */
export function weightsLayer(scene: FunctionScene, expr: Expr): Peeled | null {
  return dropoutLayer(scene, expr) ?? castLayer(scene, expr);
}

function dropoutLayer(scene: FunctionScene, expr: Expr): Peeled | null {
  if (expr.kind !== 'call') return null;
  const [first, more] = expr.args;
  const modules = ownModules(scene, expr.callee);
  if (first && !more && modules) {
    const fits = modules.every((each) => /^torch\.nn\.(?:Dropout|Identity)$/.test(each.type));
    const certain = modules.every((each) => each.type === 'torch.nn.Dropout');
    return fits ? { layer: { kind: 'dropout', call: expr, certain }, inner: first.value } : null;
  }
  const call = looseTorchCall(scene, expr);
  const inner = call?.argument(0, 'input');
  if (call?.name === 'dropout' && inner && !call.isMethod) {
    const certain = !call.keywords.has('inplace') && call.positional.length < 4;
    return { layer: { kind: 'dropout', call, certain }, inner };
  }
  const { callee } = expr;
  const named = callee.kind === 'attribute' && callee.object.kind === 'name' && /drop/i.test(callee.name);
  return named && first && !more
    ? { layer: { kind: 'dropout', call: expr, certain: false }, inner: first.value }
    : null;
}

export function castLayer(scene: FunctionScene, expr: Expr): Peeled | null {
  const call = looseTorchCall(scene, expr);
  const inner = call?.positional[0];
  if (!call?.isMethod || !inner) return null;
  const other = call.argument(1, 'dtype', 'other');
  if (call.name === 'float' && call.count === 1) return { layer: { kind: 'cast', like: null }, inner };
  if (call.name === 'type_as' && other) return { layer: { kind: 'cast', like: other }, inner };
  if (call.name !== 'to' || !other || call.count !== 2) return null;
  const like = other.kind === 'attribute' && other.name === 'dtype' ? other.object : null;
  return { layer: { kind: 'cast', like }, inner };
}

/** What is done to the scores before the softmax; of a sum, both readings. */
export function scoreLayers(scene: FunctionScene, expr: Expr): readonly Peeled[] {
  if (expr.kind === 'binary') return arithmetic(scene, expr.operator, expr.left, expr.right);
  const call = looseTorchCall(scene, expr);
  if (!call) return [];
  const [tensor, second, third] = [0, 1, 2].map((at) => call.positional[at] ?? null);
  const name = call.name.replace(/_$/, '');
  if (name === 'masked_fill' && tensor && call.count === 3) {
    const [mask, value] = [call.argument(1, 'mask'), call.argument(2, 'value')];
    if (!mask || !value || !isHugeNegative(scene, value)) return [];
    return [{ layer: { kind: 'fill', mask, keeps: false }, inner: tensor }];
  }
  if (call.name === 'where' && !call.isMethod && tensor && second && third && call.count === 3)
    return [
      ...(isHugeNegative(scene, third)
        ? [{ layer: { kind: 'fill', mask: tensor, keeps: true } as const, inner: second }]
        : []),
      ...(isHugeNegative(scene, second)
        ? [{ layer: { kind: 'fill', mask: tensor, keeps: false } as const, inner: third }]
        : []),
    ];
  const operator = { add: '+', mul: '*', div: '/' }[name];
  if (operator !== undefined && tensor && second && call.count === 2)
    return arithmetic(scene, operator, tensor, second);
  const cast = castLayer(scene, expr);
  return cast ? [cast] : [];
}

/** The layers that an operator makes of two operands, of which one holds the scores. */
export function arithmetic(scene: FunctionScene, operator: string, left: Expr, right: Expr): readonly Peeled[] {
  switch (operator) {
    case '+':
      return [
        { layer: { kind: 'add', mask: right }, inner: left },
        { layer: { kind: 'add', mask: left }, inner: right },
      ];
    case '*':
      return [
        ...(isFactor(scene, right)
          ? [{ layer: { kind: 'scale', by: right, divides: false } as const, inner: left }]
          : []),
        ...(isFactor(scene, left)
          ? [{ layer: { kind: 'scale', by: left, divides: false } as const, inner: right }]
          : []),
      ];
    case '/':
      return isFactor(scene, right) ? [{ layer: { kind: 'scale', by: right, divides: true }, inner: left }] : [];
    case '-':
      return left.kind === 'name' && isLargest(right, left.name)
        ? [{ layer: { kind: 'shift', by: right }, inner: left }]
        : [];
    default:
      return [];
  }
}

/** `scores.amax(dim=-1, keepdim=True)`, detached or not. */
function isLargest(expr: Expr, name: string): boolean {
  if (expr.kind !== 'call' || expr.callee.kind !== 'attribute') return false;
  const { object, name: method } = expr.callee;
  if (method === 'detach') return isLargest(object, name);
  const keeps = expr.args.some((each) => each.name === 'keepdim' && each.value.kind === 'constant');
  const last = expr.args.some((each) => integerLiteral(each.value) === -1);
  return method === 'amax' && keeps && last && object.kind === 'name' && object.name === name;
}

/** Something that scores are multiplied by, and no tensor as far as is known. */
function isFactor(scene: FunctionScene, expr: Expr): boolean {
  return isNumber(scene, expr) || optionsOf(scene.valueOf(expr)).every((each) => each.kind === 'unknown');
}

const NUMERIC_CALL = /^(?:math\.(?:sqrt|pow)|numpy\.sqrt)$/;

/** Whether an expression is certainly a number of Python's. */
export function isNumber(scene: FunctionScene, expr: Expr): boolean {
  if (optionsOf(scene.valueOf(expr)).every((each) => each.kind === 'number')) return true;
  switch (expr.kind) {
    case 'number':
      return true;
    case 'unary':
      return isNumber(scene, expr.operand);
    case 'subscript':
      return expr.object.kind === 'attribute' && expr.object.name === 'shape' && expr.index.length === 1;
    case 'binary':
      return isNumber(scene, expr.left) && isNumber(scene, expr.right);
    case 'call':
      if (expr.callee.kind === 'attribute' && expr.callee.name === 'size') return expr.args.length === 1;
      return (
        (NUMERIC_CALL.test(scene.qualifiedName(expr.callee) ?? '') ||
          (expr.callee.kind === 'name' && expr.callee.name === 'float')) &&
        expr.args.every((each) => isNumber(scene, each.value))
      );
    case 'name': {
      const meaning = meaningOf(scene, expr);
      return meaning !== expr && isNumber(scene, meaning);
    }
    default:
      return false;
  }
}

/** The exponential of the sum of scores and a number below this is 0 in every dtype that attention is computed in. */
const AS_GOOD_AS_INFINITE = -1e4;

/** `float('-inf')`, `-math.inf`, `-1e9`, `torch.finfo(x.dtype).min`. */
function isHugeNegative(scene: FunctionScene, expr: Expr): boolean {
  const value = scene.valueOf(expr);
  if (value.kind === 'number' && value.dim !== null) {
    const number = numberOf(value.dim);
    if (number !== null) return number <= AS_GOOD_AS_INFINITE;
  }
  const meaning = meaningOf(scene, expr);
  if (meaning.kind === 'unary' && meaning.operator === '-') return isHuge(scene, meaning.operand);
  if (meaning.kind === 'attribute') return meaning.name === 'min' && isFinfo(meaning.object);
  if (meaning.kind === 'call') {
    const [first, more] = meaning.args;
    if (!first || more) return false;
    if (meaning.callee.kind === 'name' && meaning.callee.name === 'float')
      return first.value.kind === 'string' && /^-inf(?:inity)?$/i.test(first.value.value ?? '');
    // `torch.tensor(value)` and its like give the value as a tensor.
    return /^(?:tensor|full_like)$/.test(calledName(meaning)) && isHugeNegative(scene, first.value);
  }
  return false;
}

function isHuge(scene: FunctionScene, expr: Expr): boolean {
  switch (expr.kind) {
    case 'number':
      return expr.value >= -AS_GOOD_AS_INFINITE;
    case 'attribute':
      return expr.name === 'inf' || (expr.name === 'max' && isFinfo(expr.object));
    case 'name':
      return expr.name === 'inf' || scene.qualifiedName(expr) === 'math.inf';
    case 'call': {
      const [first] = expr.args;
      return (
        expr.callee.kind === 'name' &&
        expr.callee.name === 'float' &&
        first?.value.kind === 'string' &&
        /^\+?inf(?:inity)?$/i.test(first.value.value ?? '')
      );
    }
    default:
      return false;
  }
}

function isFinfo(expr: Expr): boolean {
  return expr.kind === 'call' && calledName(expr) === 'finfo';
}

function calledName({ callee }: CallExpr): string {
  return callee.kind === 'name' || callee.kind === 'attribute' ? callee.name : '';
}

function isNone(expr: Expr): boolean {
  return expr.kind === 'constant' && expr.value === 'None';
}

/** Whether an expression reads a name. */
export function readsOf(expr: Expr, name: string): readonly Expr[] {
  const found: Expr[] = [];
  walkExpr(expr, (each) => {
    if (each.kind === 'name' && each.name === name) found.push(each);
  });
  return found;
}
