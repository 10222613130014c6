/**
 * What is certain of the values of a function. Inference follows what is likely: a size learned from use, one of
 * several ways, an attribute that others may replace. An error must rest on nothing of the kind, so that a value
 * is followed back here through the assignments that certainly reach it, to sizes that are written out.
 */
import { parameterValues } from '../../infer/analyzeFunction';
import { constant, multiply, numberOf } from '../../infer/dims';
import { arithmeticOfSizes } from '../../infer/evaluate/operators';
import { methodOperation, operationOf } from '../../infer/family';
import type { FileModel } from '../../infer/model';
import { broadcast, matmulShape, UNKNOWN_SHAPE } from '../../infer/shapes';
import type { Shape } from '../../infer/shapes';
import { TensorCall } from '../../infer/tensors/call';
import { productOf } from '../../infer/tensors/products';
import { transposed } from '../../infer/tensors/reshape';
import { writtenShapes } from '../../infer/annotations/comments';
import { handlerOf, tensorFunction } from '../../infer/tensors/table';
import { NONE, NUMBER, numeral, sequence, tensor, UNKNOWN } from '../../infer/values';
import type { Evaluated, TensorValue, Value } from '../../infer/values';
import type { CallExpr, Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import { definitionOf, onlyDefinition } from '../match/definitions';
import { followed } from './exact';
import { importedName } from './imported';
import { afterLayer, layerOf } from './layers';

/** A value that is computed in more steps than this is not followed. */
const MOST_STEPS = 150;

export class CertainValues {
  private readonly known = new Map<Expr, Value>();
  private depth = 0;
  private parameters: ReadonlyMap<string, Value> | null = null;

  constructor(readonly scene: FunctionScene) {}

  /** The shape of a tensor of torch; unknown for anything else. */
  shapeOf(expr: Expr): Shape {
    const value = this.valueOf(expr);
    return value.kind === 'tensor' ? value.shape : UNKNOWN_SHAPE;
  }

  valueOf(expr: Expr): Value {
    const known = this.known.get(expr);
    if (known) return known;
    if (this.depth >= MOST_STEPS) return UNKNOWN;
    this.depth++;
    const value = this.follow(expr);
    this.depth--;
    this.known.set(expr, value);
    return value;
  }

  private follow(expr: Expr): Value {
    switch (expr.kind) {
      case 'name':
        return this.named(expr);
      case 'number':
        return expr.integer ? numeral(constant(expr.value)) : NUMBER;
      case 'string':
        return { kind: 'text', text: expr.value };
      case 'constant':
        if (expr.value === 'None') return NONE;
        return expr.value === '...' ? UNKNOWN : { kind: 'bool', value: expr.value === 'True' };
      case 'tuple':
      case 'list':
        if (expr.items.some((each) => each.kind === 'starred')) return UNKNOWN;
        return sequence(
          expr.kind,
          expr.items.map((each) => this.valueOf(each)),
        );
      case 'unary': {
        const operand = this.valueOf(expr.operand);
        if (operand.kind === 'tensor') return expr.operator === 'not' ? UNKNOWN : tensor('torch', operand.shape);
        const size = expr.operator === '-' && operand.kind === 'number' ? operand.dim : null;
        return size ? numeral(multiply(size, constant(-1))) : UNKNOWN;
      }
      case 'binary':
        return binary(expr.operator, this.valueOf(expr.left), this.valueOf(expr.right));
      case 'attribute':
        return attribute(this.valueOf(expr.object), expr.name);
      case 'subscript': {
        const [index, more] = expr.index.map((each) => this.valueOf(each));
        const at = index?.kind === 'number' && index.dim && !more ? numberOf(index.dim) : null;
        return at === null ? UNKNOWN : item(this.valueOf(expr.object), at);
      }
      case 'call':
        return this.called(expr);
      default:
        return UNKNOWN;
    }
  }

  private named(expr: Extract<Expr, { kind: 'name' }>): Value {
    const { file, key } = this.scene;
    const found = definitionOf(this.scene, expr.name, expr);
    switch (found?.kind) {
      case 'value':
        return found.positions.reduce((value, at) => unpacked(value, at), this.valueOf(found.value));
      case 'parameter':
        return this.parameter(expr.name);
      case 'outer': {
        // A constant of the file, unless a function gives it another value.
        const { name } = expr;
        const rebound = (each: FileModel): boolean => new RegExp(`\\bglobal\\b[^\\n]*\\b${name}\\b`).test(each.text);
        if (key === '' || this.scene.ask(rebound)) return UNKNOWN;
        const value = onlyDefinition(file, name);
        return value?.kind === 'number' && value.integer ? numeral(constant(value.value)) : UNKNOWN;
      }
      default:
        return UNKNOWN;
    }
  }

  /** A parameter whose shape the reader wrote down; under vmap it would have one dimension less. */
  private parameter(name: string): Value {
    const { file, key, session } = this.scene;
    const facts = file.functionFacts(key);
    if (!facts || this.scene.ask(({ text }) => /\bvmap\b|\bfunctorch\b/.test(text))) return UNKNOWN;
    const annotation = facts.def.parameters.find((each) => each.name === name)?.annotation;
    const annotated = annotation?.kind === 'subscript' && annotation.index.some((each) => each.kind === 'string');
    if (!annotated && !writtenShapes(file, facts).has(name)) return UNKNOWN;
    this.parameters ??= parameterValues(session, facts);
    const value = this.parameters.get(name);
    return value?.kind === 'tensor' && value.framework === 'torch' ? tensor('torch', value.shape) : UNKNOWN;
  }

  private called(expr: CallExpr): Value {
    const { callee, args } = expr;
    if (args.some((each) => each.name === '*' || each.name === '**')) return UNKNOWN;
    const positional = args.filter((each) => each.name === null).map((each) => this.evaluated(each.value));
    const keywords = new Map(
      args.flatMap((each) => (each.name === null ? [] : [[each.name, this.evaluated(each.value)] as const])),
    );
    const name = importedName(this.scene, callee);
    if (name?.startsWith('torch.')) {
      const layer = layerOf(this, callee);
      if (layer) return this.layered(expr);
      const call = tensorCall(positional, keywords, expr);
      const operation = operationOf(name);
      if (operation) return product(operation.op, call);
      const bare = tensorFunction(name);
      return bare === null ? UNKNOWN : followed(bare, call, handlerOf(bare));
    }
    const self = callee.kind === 'attribute' ? this.evaluated(callee.object) : null;
    if (callee.kind === 'attribute' && self?.value.kind === 'tensor') {
      const call = tensorCall([self, ...positional], keywords, expr);
      const op = methodOperation(callee.name, 'torch');
      return op === null ? followed(callee.name, call, handlerOf(callee.name)) : product(op, call);
    }
    return this.layered(expr);
  }

  /** What a layer gives for its one argument. */
  private layered(expr: CallExpr): Value {
    const [input, more] = expr.args;
    const layer = input && !more ? layerOf(this, expr.callee) : null;
    const shape = layer && input ? afterLayer(layer, this.shapeOf(input.value)) : null;
    return shape ? tensor('torch', shape) : UNKNOWN;
  }

  private evaluated(expr: Expr): Evaluated {
    return { expr, value: this.valueOf(expr) };
  }
}

function tensorCall(
  positional: readonly Evaluated[],
  keywords: ReadonlyMap<string, Evaluated>,
  expr: CallExpr,
): TensorCall {
  const see = ({ value }: Evaluated): TensorValue => (value.kind === 'tensor' ? value : tensor('torch'));
  const size = (value: Value) => (value.kind === 'number' ? value.dim : null);
  return new TensorCall('torch', positional, keywords, see, size, expr, `certain:${expr.start}`);
}

/** Products whose result follows from the shapes of their operands alone. */
const PLAIN_PRODUCT = /^(?:matmul|mm|bmm|mv|addmm|addmv|baddbmm|addbmm|einsum|linear|dot|outer|chain_matmul)$/;

function product(op: string, call: TensorCall): Value {
  return PLAIN_PRODUCT.test(op) ? tensor('torch', productOf(op, call).result) : UNKNOWN;
}

function binary(operator: string, left: Value, right: Value): Value {
  if (left.kind === 'tensor' && right.kind === 'tensor') {
    const shape = operator === '@' ? matmulShape(left.shape, right.shape) : broadcast(left.shape, right.shape);
    return tensor('torch', shape ?? UNKNOWN_SHAPE);
  }
  if (left.kind === 'number' && right.kind === 'number')
    return /^(?:[+*-]|\/\/)$/.test(operator) ? numeral(arithmeticOfSizes(operator, left.dim, right.dim)) : UNKNOWN;
  const [known, other] = left.kind === 'tensor' ? [left, right] : [right, left];
  return known.kind === 'tensor' && other.kind === 'number' ? tensor('torch', known.shape) : UNKNOWN;
}

function attribute(object: Value, name: string): Value {
  if (object.kind !== 'tensor') return UNKNOWN;
  if (name === 'shape') return { kind: 'shape', tensor: object };
  if (name === 'T' || name === 'H') return transposed(object, true);
  return name === 'mT' || name === 'mH' ? transposed(object, false) : UNKNOWN;
}

/** An item of a shape, counted from either end, or of a sequence. */
function item(value: Value, at: number): Value {
  if (value.kind === 'tuple' || value.kind === 'list') return value.items?.at(at) ?? UNKNOWN;
  if (value.kind !== 'shape' || value.tensor.kind !== 'tensor') return UNKNOWN;
  const { open, dims } = value.tensor.shape;
  const size = open && at >= 0 ? null : dims.at(at);
  return size ? numeral(size) : UNKNOWN;
}

/** `a, b = value` gets as many items as there are targets, or fails. */
function unpacked(value: Value, at: number): Value {
  return value.kind === 'tuple' || value.kind === 'list' || value.kind === 'shape' ? item(value, at) : UNKNOWN;
}
