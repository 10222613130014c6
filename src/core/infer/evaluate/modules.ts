/** Construction and calls of torch.nn modules and containers. */
import type { CallExpr, Expr } from '../../lower/ir';
import { summarize } from '../analyzeFunction';
import { constant } from '../dims';
import type { Dim } from '../dims';
import { isLinearStack, moduleOperation } from '../family';
import { rankPlus } from '../ranks';
import { lastSize, openShape, shapeOf, UNKNOWN_SHAPE, withLast } from '../shapes';
import type { Shape } from '../shapes';
import { sameAs } from '../tensors/pointwise';
import { bilinearProduct, linearProduct } from '../tensors/products';
import { joinAll, optionsOf, sequence, sequenceOf, tensor, UNKNOWN } from '../values';
import type {
  ClassValue,
  ContainerValue,
  Evaluated,
  InstanceValue,
  ModuleValue,
  QualifiedValue,
  TensorValue,
  Value,
} from '../values';
import { productWork } from '../work';
import type { Arguments } from './calls';
import { ancestryOf, attributeOf, findMethod, isLinearSubclass } from './classes';
import type { Evaluator } from './evaluator';
import { learnLast } from './learn';
import { namedArguments } from './moduleArguments';
import { modulesAmong } from './modulesPassed';
import { attentionWork, recurrentSize, recurrentWork } from './moduleWork';
import { transformerWork } from './transformerWork';
import { bindArguments, defaultsOf } from './parameters';
import { recordParameters } from './recordClasses';

/** Modules that leave a shape as it is. */
export const SAME_SHAPE =
  /^torch\.nn\.(?:\w*Dropout\w*|\w*Norm\w*|ReLU6?|GELU|SiLU|Mish|ELU|SELU|CELU|LeakyReLU|PReLU|RReLU|Sigmoid|LogSigmoid|Tanh|Tanhshrink|Softmax|LogSoftmax|Softmin|Softplus|Softsign|Softshrink|Hard\w+|Threshold|Identity)$/;

/** Modules that may change every size but that of the batch, and that leave the number of dimensions. */
const IN_SPACE =
  /^torch\.nn\.(?:(?:Conv|ConvTranspose|(?:Adaptive)?(?:Avg|Max)Pool|LPPool|ZeroPad|ReflectionPad|ReplicationPad)\dd|Upsample|PixelShuffle|PixelUnshuffle)$/;

/** A class of torch.nn or of this file is called. */
export function construct(ev: Evaluator, cls: QualifiedValue | ClassValue, args: Arguments, expr: CallExpr): Value {
  if (cls.kind === 'class') return constructLocal(ev, cls, args, expr);
  const type = cls.name;
  if (type === 'torch.nn.Parameter' || type === 'torch.nn.Buffer') {
    const [first] = args.positional;
    const data = first ? ev.see(first, 'torch') : tensor('torch');
    return type === 'torch.nn.Parameter' ? { ...data, weight: true } : data;
  }
  if (type === 'torch.nn.Sequential' || type === 'torch.nn.ModuleList' || type === 'torch.nn.ModuleDict')
    return container(type, args);
  const module: ModuleValue = { kind: 'module', type, args: namedArguments(ev, type, args), site: ev.site(expr) };
  const operation = moduleOperation(type);
  if (operation) reportConstruction(ev, operation.ctor, type.slice('torch.nn.'.length), module, module.args, expr);
  return module;
}

function reportConstruction(
  ev: Evaluator,
  kind: 'linear_ctor' | 'mha_ctor' | 'bilinear_ctor' | 'rnn_ctor' | (string & {}),
  op: string,
  module: ModuleValue | null,
  given: ReadonlyMap<string, Value>,
  expr: CallExpr,
): void {
  const size = (name: string): Dim | null => ev.size(given.get(name) ?? UNKNOWN);
  const weight = tensor('torch', shapeOf([size('out_features'), size('in_features')]));
  ev.report({
    kind: kind as 'linear_ctor',
    op,
    framework: 'torch',
    expr,
    operands: kind === 'linear_ctor' ? [{ expr: null, value: { ...weight, weight: true } }] : [],
    result: UNKNOWN_SHAPE,
    work: { flops: null, bytes: null },
    module,
    start: expr.start,
    end: expr.end,
  });
}

function constructLocal(ev: Evaluator, cls: ClassValue, args: Arguments, expr: CallExpr): Value {
  const constructor = findMethod(ev, cls.key, '__init__');
  const record = constructor === null ? recordParameters(ev, cls.key) : null;
  const parameters =
    constructor === null ? (record ?? []) : (ev.session.functionFacts(constructor)?.def.parameters ?? []);
  const given = defaultsOf(
    ev,
    parameters,
    bindArguments(parameters, args.positional, args.keywords, record ? 0 : 1),
    ev.session.fileOf(cls.key),
  );
  const inherited = constructor === null && isLinearSubclass(ev, cls.key);
  const instance: InstanceValue = {
    kind: 'instance',
    key: cls.key,
    given: inherited ? namedArguments(ev, 'torch.nn.Linear', args) : given,
    ...(record ? { record: true as const } : {}),
  };
  if (isLinearSubclass(ev, cls.key))
    reportConstruction(
      ev,
      'linear_ctor',
      ev.session.classFacts(cls.key)?.name ?? 'Linear',
      null,
      ownSizes(ev, instance),
      expr,
    );
  ev.reportConstruction({ key: cls.key, modules: modulesAmong(given) });
  const maker = findMethod(ev, cls.key, '__new__');
  // `__new__` may give something else: a plain layer where nothing more is asked for.
  const made = maker === null ? [] : optionsOf(summarize(ev.session, maker)?.returned ?? UNKNOWN);
  return joinAll([instance, ...made.filter((each) => each.kind === 'module' || each.kind === 'container')]);
}

/** The sizes of an instance of a class that derives from Linear. */
function ownSizes(ev: Evaluator, instance: InstanceValue): ReadonlyMap<string, Value> {
  return new Map(['in_features', 'out_features'].map((name) => [name, attributeOf(ev, instance, name) ?? UNKNOWN]));
}

/** The weight of such an instance, of shape (out, in). */
export function ownWeight(ev: Evaluator, instance: InstanceValue): TensorValue {
  const sizes = ownSizes(ev, instance);
  const size = (name: string): Dim | null => ev.size(sizes.get(name) ?? UNKNOWN);
  return { ...tensor('torch', shapeOf([size('out_features'), size('in_features')])), weight: true };
}

function container(type: string, args: Arguments): ContainerValue {
  const kind = type.slice('torch.nn.'.length) as ContainerValue['type'];
  const values = args.positional.map((each) => (each.expr.kind === 'starred' ? null : each.value));
  const [first] = args.positional;
  if (kind === 'Sequential' && first?.value.kind !== 'qualified' && !isOrderedDict(first)) {
    const known = values.every((each) => each !== null) ? values.filter((each) => each !== null) : null;
    return { kind: 'container', type: kind, items: known, element: joinAll(args.positional.map((each) => each.value)) };
  }
  const source = first?.value;
  const list = source ? sequenceOf(source) : null;
  if (list) {
    const pairs = list.items?.map((each) => sequenceOf(each)?.items?.[1] ?? each) ?? null;
    return {
      kind: 'container',
      type: kind,
      items: pairs,
      element: pairs ? joinAll(pairs) : (sequenceOf(list.element)?.items?.[1] ?? list.element),
    };
  }
  if (source?.kind === 'dict')
    return {
      kind: 'container',
      ...(source.entries ? { keys: [...source.entries.keys()] } : {}),
      type: kind,
      items: source.entries ? [...source.entries.values()] : null,
      element: source.element,
    };
  return { kind: 'container', type: kind, items: args.positional.length === 0 ? [] : null, element: UNKNOWN };
}

/** `Sequential(OrderedDict([("a", Linear(...)), ...]))` */
function isOrderedDict(argument: Evaluated | undefined): boolean {
  return argument?.value.kind === 'dict' || argument?.value.kind === 'list';
}

/** The module of torch.nn that a class derives from, should it be one that multiplies nothing and whose result is known. */
export function plainModule(ev: Evaluator, key: string): ModuleValue | null {
  const type = ancestryOf(ev, key).unknown.find((each) => each.startsWith('torch.nn.') && each !== 'torch.nn.Module');
  if (type === undefined || !(SAME_SHAPE.test(type) || IN_SPACE.test(type) || type === 'torch.nn.Embedding'))
    return null;
  return { kind: 'module', type, args: new Map(), site: null };
}

/** A module of torch.nn is called. */
export function callModule(ev: Evaluator, called: ModuleValue, args: Arguments, expr: CallExpr): Value {
  const named = ['input', 'query', 'input1', 'src', 'tgt'].map((name) => args.keywords.get(name));
  const first = args.positional[0] ?? named.find((each) => each !== undefined);
  if (!first) return UNKNOWN;
  const size = (name: string): Dim | null => {
    const given = called.args.get(name);
    return given ? ev.size(given) : null;
  };
  const operation = moduleOperation(called.type);
  if (operation) return callOperation(ev, called, operation.call, first, args, expr, size);
  const { type } = called;
  if (type === 'torch.nn.Embedding') {
    const index = ev.see(first, 'torch');
    ev.options.requirements.needs(first.value, index.shape, ev.site(expr), 'index', size('num_embeddings'));
    const { open, dims, rank } = index.shape;
    const made = [...dims, size('embedding_dim')];
    return tensor('torch', open ? openShape(rank && rankPlus(rank, 1), made) : shapeOf(made), 'f32');
  }
  if (isLinearStack(type)) {
    const input = ev.see(first, 'torch');
    const memory = args.positional[1] ?? args.keywords.get('memory');
    const flops = transformerWork(called, input.shape, memory ? ev.see(memory, 'torch').shape : null, ev.size);
    reportCall(ev, 'container_call', 'linear', called, [{ expr: first.expr, value: input }], input.shape, flops, expr);
    return sameAs(input);
  }
  if (SAME_SHAPE.test(type)) {
    const input = ev.see(first, 'torch');
    const last = normalizedLast(ev, called);
    if (last) learnLast(ev, first.value, input, last, expr);
    return sameAs(
      last && input.shape.open && input.shape.dims.length === 0
        ? { ...input, shape: { ...input.shape, dims: [last] } }
        : input,
    );
  }
  // With indices of the maxima it gives two tensors.
  if (IN_SPACE.test(type) && !called.args.has('return_indices')) {
    const { shape, dtype } = ev.see(first, 'torch');
    const sizes = shape.dims.map((each, at) => (!shape.open && at === 0 ? each : null));
    return tensor('torch', { ...shape, dims: sizes }, dtype);
  }
  return tensor('torch');
}

/** The last dimension that LayerNorm and RMSNorm ask for. */
function normalizedLast(ev: Evaluator, called: ModuleValue): Dim | null {
  if (called.type !== 'torch.nn.LayerNorm' && called.type !== 'torch.nn.RMSNorm') return null;
  const given = called.args.get('normalized_shape');
  if (!given) return null;
  const list = sequenceOf(given);
  return ev.size(list ? (list.items?.at(-1) ?? UNKNOWN) : given);
}

function reportCall(
  ev: Evaluator,
  kind: 'linear_call' | 'bilinear_call' | 'mha_call' | 'rnn_call' | 'container_call',
  op: string,
  module: ModuleValue,
  operands: readonly { readonly expr: Expr | null; readonly value: TensorValue }[],
  result: Shape,
  flops: Dim | null,
  expr: CallExpr,
): void {
  ev.report({
    kind,
    op,
    framework: 'torch',
    expr,
    operands,
    result,
    // Only of a product alone are all its weights among the operands.
    work: { flops, bytes: /^(?:linear|bilinear)_call$/.test(kind) ? productWork(operands, result, flops).bytes : null },
    module,
    start: expr.start,
    end: expr.end,
  });
}

function callOperation(
  ev: Evaluator,
  called: ModuleValue,
  kind: string,
  first: Evaluated,
  args: Arguments,
  expr: CallExpr,
  size: (name: string) => Dim | null,
): Value {
  const input = ev.see(first, 'torch');
  const operand = { expr: first.expr, value: input };
  const weightOf = (shape: Shape) => ({
    expr: null,
    value: { ...tensor('torch', shape, input.dtype), weight: true as const },
  });
  if (kind === 'linear_call') {
    const inFeatures = size('in_features');
    const outFeatures = size('out_features');
    if (inFeatures) learnLast(ev, first.value, input, inFeatures, expr);
    const bias = called.args.get('bias');
    const { result, flops } = linearProduct(
      known(input.shape, inFeatures),
      inFeatures,
      outFeatures,
      bias?.kind !== 'bool' || bias.value === true,
    );
    const operands = [
      { ...operand, value: { ...input, shape: known(input.shape, inFeatures) } },
      // A lazy layer takes the width that it first gets.
      weightOf(shapeOf([outFeatures, inFeatures ?? lastSize(input.shape)])),
    ];
    reportCall(ev, 'linear_call', 'linear', called, operands, result, flops, expr);
    return tensor('torch', result, input.dtype);
  }
  if (kind === 'bilinear_call') {
    const [in1, in2, out] = [size('in1_features'), size('in2_features'), size('out_features')];
    const second = args.positional[1] ?? args.keywords.get('input2');
    const { result, flops } = bilinearProduct(input.shape, in1, in2, out);
    const operands = [
      operand,
      ...(second ? [{ expr: second.expr, value: ev.see(second, 'torch') }] : []),
      weightOf(shapeOf([out, in1, in2])),
    ];
    reportCall(ev, 'bilinear_call', 'bilinear', called, operands, result, flops, expr);
    return tensor('torch', result, input.dtype);
  }
  if (kind === 'mha_call') {
    const dim = size('embed_dim');
    if (dim) learnLast(ev, first.value, input, dim, expr);
    const shape = known(input.shape, dim);
    const others = [args.positional[1] ?? args.keywords.get('key'), args.positional[2] ?? args.keywords.get('value')];
    const operands = [
      { ...operand, value: { ...input, shape } },
      ...others.flatMap((each) => (each ? [{ expr: each.expr, value: ev.see(each, 'torch') }] : [])),
    ];
    reportCall(
      ev,
      'mha_call',
      'multi_head_attention_forward',
      called,
      operands,
      shape,
      attentionWork(shape, operands[1]?.value.shape ?? shape, dim, called),
      expr,
    );
    const result = tensor('torch', shape, input.dtype);
    return sequence('tuple', [result, tensor('torch')]);
  }
  const hidden = size('hidden_size');
  const inSize = size('input_size');
  if (inSize) learnLast(ev, first.value, input, inSize, expr);
  const type = called.type.slice('torch.nn.'.length);
  const result = withLast(known(input.shape, inSize), recurrentSize(called, hidden));
  reportCall(
    ev,
    'rnn_call',
    type,
    called,
    [operand],
    result,
    recurrentWork(
      called,
      known(input.shape, inSize),
      inSize,
      hidden,
      called.args.has('num_layers') ? size('num_layers') : constant(1),
    ),
    expr,
  );
  const output = tensor('torch', result, input.dtype);
  if (type === 'GRUCell' || type === 'RNNCell') return output;
  const state = tensor('torch');
  return type === 'LSTMCell'
    ? sequence('tuple', [output, output])
    : sequence('tuple', [output, type === 'LSTM' ? sequence('tuple', [state, state]) : state]);
}

/** A shape of which at least the last size is known from the module that takes it. */
function known(shape: Shape, last: Dim | null): Shape {
  if (!last) return shape;
  if (shape.dims.length === 0) return shape.open ? { ...shape, dims: [last] } : shape;
  return lastSize(shape) === null ? withLast(shape, last) : shape;
}
