/** Evaluates calls: what is called, with which arguments, and whether that is an operation. */
import type { CallExpr, Expr } from '../../lower/ir';
import { canonicalName, frameworkOf } from '../../link/names';
import { methodOperation, operationOf } from '../family';
import { Frame } from '../frame';
import { atRank } from '../shapes';
import { TensorCall } from '../tensors/call';
import { productOf } from '../tensors/products';
import { sameAs } from '../tensors/pointwise';
import { givesTensor, handlerOf, tensorFunction } from '../tensors/table';
import { BOOL, join, joinAll, NUMBER, optionsOf, sequenceOf, tensor, UNKNOWN, withoutNone } from '../values';
import type { ClosureValue, Evaluated, Framework, Value } from '../values';
import { productWork } from '../work';
import { callBuiltin } from './builtins';
import { callContainerMethod } from './containers';
import { callEinops } from './einops';
import type { Evaluator } from './evaluator';
import { callCandidate, callFunction } from './functions';
import { UNKNOWN_WORK } from './gathering';
import { callInstance, callInstanceMethod } from './instances';
import { learnInner, learnLast, learnRank } from './learn';
import { instanceOfType } from './imports';
import { callModule, construct } from './modules';
import { holdsModules } from './modulesPassed';
import { evaluateAttribute } from './names';
import { bindArguments, bindInitial, defaultsOf } from './parameters';
import { callContainer } from './sequential';
import { runBody } from './statements';
import { callSuper } from './super';

/** Nested functions are evaluated anew at each call; a recursion ends here. */
const MAX_CLOSURE_DEPTH = 3;

/** Arguments of a call, evaluated. */
export interface Arguments {
  readonly positional: readonly Evaluated[];
  readonly keywords: ReadonlyMap<string, Evaluated>;
}

export function evaluateCall(ev: Evaluator, expr: CallExpr): Value {
  const { callee } = expr;
  if (callee.kind === 'attribute') {
    const special = callSuper(ev, expr);
    if (special) return special;
    const object = ev.evaluate(callee.object);
    const args = evaluateArguments(ev, expr);
    const results = ev.forEach(optionsOf(object), (each) =>
      callAttribute(ev, each, callee.object, callee.name, args, expr),
    );
    return withCandidate(results.reduce(join), args);
  }
  const called = ev.evaluate(callee);
  const args = evaluateArguments(ev, expr);
  return withCandidate(callValue(ev, called, args, expr), args);
}

/** What an unknown function gives that is given a function, as a default or to be wrapped, may be that function. */
function withCandidate(result: Value, { positional, keywords }: Arguments): Value {
  if (result.kind !== 'unknown') return result;
  const functions = [...positional, ...keywords.values()].flatMap(({ value }) =>
    value.kind === 'function' ? [value] : [],
  );
  const [candidate, more] = functions;
  return candidate?.self === null && !more ? { ...result, candidate } : result;
}

export function evaluateArguments(ev: Evaluator, expr: CallExpr): Arguments {
  const positional: Evaluated[] = [];
  const keywords = new Map<string, Evaluated>();
  for (const argument of expr.args) {
    const value = ev.evaluate(argument.value);
    if (argument.name === null) positional.push({ expr: argument.value, value });
    else if (argument.name === '*') positional.push(...spread(argument.value, value));
    else if (argument.name !== '**') keywords.set(argument.name, { expr: argument.value, value });
  }
  return { positional, keywords };
}

/** The arguments that `*value` stands for; one starred argument where their number is not known. */
function spread(expr: Expr, value: Value): readonly Evaluated[] {
  const starred: Expr = { kind: 'starred', value: expr, start: expr.start, end: expr.end };
  if ((value.kind === 'tuple' || value.kind === 'list') && value.items)
    return value.items.map((each) => ({ expr, value: each }));
  if (value.kind === 'shape' || sequenceOf(value)?.lead) return [{ expr: starred, value }];
  const sequences = optionsOf(value).flatMap((each) =>
    each.kind === 'tuple' || each.kind === 'list' ? [each.element] : [],
  );
  return [{ expr: starred, value: joinAll(sequences) }];
}

/** `object.name(...)` */
function callAttribute(
  ev: Evaluator,
  object: Value,
  objectExpr: Expr,
  name: string,
  args: Arguments,
  expr: CallExpr,
): Value {
  switch (object.kind) {
    case 'tensor':
      return callTensorMethod(ev, object.framework, { expr: objectExpr, value: object }, name, args, expr);
    case 'module':
      if (name === 'forward') return callModule(ev, object, args, expr);
      return /^(?:to|cuda|cpu|eval|train|half|float|double|bfloat16|requires_grad_|apply)$/.test(name)
        ? object
        : UNKNOWN;
    case 'container':
      if (object.keys?.includes(name) === true)
        return callValue(ev, evaluateAttribute(ev, object, { name, start: expr.start, end: expr.end }), args, expr);
      return callContainerMethod(ev, object, objectExpr, name, args, expr);
    case 'instance':
      return callInstanceMethod(ev, object, name, args, expr);
    case 'unknown': {
      const instance = instanceOfType(ev, object);
      if (instance) return callInstanceMethod(ev, instance, name, args, expr);
      return callUnknownMethod(ev, object, objectExpr, name, args, expr);
    }
    case 'tuple':
    case 'list':
    case 'dict':
    case 'text':
      return callContainerMethod(ev, object, objectExpr, name, args, expr);
    case 'shape':
      return name === 'numel' ? NUMBER : UNKNOWN;
    default:
      return callValue(ev, evaluateAttribute(ev, object, { name, start: expr.start, end: expr.end }), args, expr);
  }
}

/** A method of something that nothing is known of: telling names are a tensor's. */
function callUnknownMethod(
  ev: Evaluator,
  object: Value,
  objectExpr: Expr,
  name: string,
  args: Arguments,
  expr: CallExpr,
): Value {
  const framework = ev.options.framework;
  if (framework === 'torch' && methodOperation(name, null)) {
    return callTensorMethod(ev, framework, { expr: objectExpr, value: object }, name, args, expr);
  }
  if (object.kind === 'unknown' && framework === 'torch' && SHOWS_TENSOR.has(name)) {
    return callTensorMethod(ev, framework, { expr: objectExpr, value: object }, name, args, expr);
  }
  // `x.to(...)`, `x.float()`: if it is a tensor it stays one of the same shape.
  if (object.kind === 'unknown' && /^(?:to|float|half|bfloat16|contiguous|clone|detach|cuda|cpu)$/.test(name)) {
    const like = object.parameter ?? object.like;
    return like === undefined ? UNKNOWN : { kind: 'unknown', like };
  }
  return UNKNOWN;
}

/** Methods that only tensors have. */
const SHOWS_TENSOR = new Set([
  'view', 'permute', 'unsqueeze', 'masked_fill', 'masked_fill_', 'size', 'chunk', 'softmax', 'reshape', 'transpose', 'expand', 'flatten', 'unbind',
  'mean', 'squeeze', 'dim', 'numel', 'sigmoid', 'tanh', 'relu', 'type_as', 'narrow', 'repeat_interleave', 'log_softmax', 'pow', 'mul', 'add',
]); // prettier-ignore

function tensorCall(ev: Evaluator, framework: Framework, args: Arguments, expr: CallExpr): TensorCall {
  return new TensorCall(framework, args.positional, args.keywords, ev.see, ev.size, expr, ev.freshSite(expr));
}

function callTensorMethod(
  ev: Evaluator,
  framework: Framework,
  self: Evaluated,
  name: string,
  args: Arguments,
  expr: CallExpr,
): Value {
  const op = methodOperation(name, framework);
  const call = tensorCall(ev, framework, { positional: [self, ...args.positional], keywords: args.keywords }, expr);
  if (op) return product(ev, op, call, expr);
  if (name === 'numpy') return { ...sameAs(call.tensor(0)), framework: 'numpy' };
  if (name === 'tolist') return { kind: 'list', items: null, element: UNKNOWN };
  const handler = handlerOf(name);
  if (!handler) return givesTensor(name) ? tensor(framework) : BOOL;
  const result = withRoles(ev, name, call, handler(call));
  learnPermuted(ev, name, call, result);
  return result;
}

/** `permute` takes as many axes as there are. */
function learnPermuted(ev: Evaluator, name: string, call: TensorCall, result: Value): void {
  const [first] = call.positional;
  if (name !== 'permute' || !first || result.kind !== 'tensor' || result.shape.open) return;
  const source = call.tensor(0);
  learnRank(ev, first.value, { ...source, shape: atRank(source.shape, result.shape.dims.length) }, call.expr);
}

/** Some functions show what their arguments are: a mask, or an index. */
function withRoles(ev: Evaluator, name: string, call: TensorCall, result: Value): Value {
  if (name === 'masked_fill' || name === 'masked_fill_') {
    const mask = call.argument(1, 'mask');
    if (mask) ev.options.requirements.needs(mask.value, call.shape(1, 'mask'), ev.site(call.expr), 'mask');
  } else if (name === 'gather' || name === 'index_select') {
    const index = call.argument(2, 'index');
    if (index) ev.options.requirements.needs(index.value, call.shape(2, 'index'), ev.site(call.expr), 'index');
  }
  return result;
}

const SPARSE = /^(?:sparse\.|sampled_addmm$|smm$|sspaddmm$)/;

/** A product of the operation family. */
function product(ev: Evaluator, op: string, call: TensorCall, expr: CallExpr): Value {
  const { operands, result, flops } = productOf(op, call);
  const [first, second] = operands;
  for (const { argument, value } of operands) if (argument) learnRank(ev, argument.value, value, expr);
  if (op === 'linear') {
    const weight = operands[1]?.value;
    const inner = weight?.shape.dims.at(-1) ?? null;
    if (first?.argument && inner) learnLast(ev, first.argument.value, first.value, inner, expr);
  } else if (first?.argument && second && !/einsum|attention|dot$/.test(op)) {
    learnInner(ev, first.argument.value, first.value, second.value, expr);
  }
  const seen = operands.map((each) => ({ expr: each.argument?.expr ?? null, value: each.value }));
  ev.report({
    kind: 'op',
    op,
    framework: call.framework,
    expr,
    operands: seen,
    result,
    // What a product of sparse matrices costs depends on how many entries they hold.
    work: SPARSE.test(op) ? UNKNOWN_WORK : productWork(seen, result, flops),
    module: null,
    start: expr.start,
    end: expr.end,
  });
  const dtype = first?.value.dtype ?? null;
  const value = tensor(call.framework, result, operands.every((each) => each.value.dtype === dtype) ? dtype : null);
  return op === 'multi_head_attention_forward' ? { kind: 'tuple', items: [value, UNKNOWN], element: value } : value;
}

/** Calls a value that is no attribute of another. */
export function callValue(ev: Evaluator, called: Value, args: Arguments, expr: CallExpr): Value {
  switch (called.kind) {
    case 'qualified':
      return callQualified(ev, canonicalName(called.name), args, expr);
    case 'class':
      return construct(ev, called, args, expr);
    case 'function':
      return callFunction(ev, called, args, expr);
    case 'closure':
      return callClosure(ev, called, args);
    case 'module':
      return callModule(ev, called, args, expr);
    case 'container':
      return callContainer(ev, called, args, expr);
    case 'instance':
      return callInstance(ev, called, args, expr);
    case 'unknown': {
      const instance = instanceOfType(ev, called);
      if (instance) return callInstance(ev, instance, args, expr);
      if (called.candidate) callCandidate(ev, called.candidate, args);
      return UNKNOWN;
    }
    case 'method':
      return UNKNOWN;
    case 'union':
      return joinAll(ev.forEach(called.options, (each) => callValue(ev, each, args, expr)));
    default:
      return UNKNOWN;
  }
}

/** A package's Sequential whose source is not there, as they mostly are: torch's own, that leaves out None. */
function thoseGiven(args: Arguments): Arguments {
  return { ...args, positional: args.positional.map((each) => ({ ...each, value: withoutNone(each.value) })) };
}

/** `OrderedDict([("name", value), ...])` */
function orderedDict(source: Value | null): Value {
  if (source?.kind === 'dict') return source;
  const pairs = source ? sequenceOf(source) : null;
  const [entries, element] = [
    new Map<string, Value>(),
    pairs ? (sequenceOf(pairs.element)?.items?.[1] ?? UNKNOWN) : UNKNOWN,
  ];
  for (const pair of pairs?.items ?? []) {
    const [name, value] = sequenceOf(pair)?.items ?? [];
    if (name?.kind !== 'text' || name.text === null || !value) return { kind: 'dict', element, entries: null };
    entries.set(name.text, value);
  }
  return pairs?.items
    ? { kind: 'dict', element: joinAll([...entries.values()]), entries }
    : { kind: 'dict', element, entries: null };
}

/** Wrappers that give back what they are given, changed in no way that matters here. */
const TRANSPARENT =
  /^(?:torch\.compile|torch\._C\._add_docstr|torch\.jit\.script|torch\.jit\.trace|jax\.jit|copy\.(?:deep)?copy|functools\.partial|torch\.nn\.utils\.(?:parametrizations\.)?(?:spectral_norm|weight_norm|orthogonal)|torch\.func\.functionalize|torch\.no_grad|functools\.wraps)$/;
/** `cast(type, value)` */
const SAYS_TYPE = /^(?:typing(?:_extensions)?\.cast|torch\.jit\.annotate)$/;
const CHECKPOINT = /(?:^|\.)checkpoint(?:_sequential)?$/;

function callQualified(ev: Evaluator, name: string, args: Arguments, expr: CallExpr): Value {
  if (name.startsWith('builtins.')) return callBuiltin(ev, name.slice('builtins.'.length), args, expr);
  const [first] = args.positional;
  if (TRANSPARENT.test(name) && first) return first.value;
  if (/^math\.\w+$/.test(name)) return NUMBER;
  if (SAYS_TYPE.test(name)) return args.positional[1]?.value ?? UNKNOWN;
  if (name === 'collections.OrderedDict') return orderedDict(first?.value ?? null);
  if (
    /[^.]\.Sequential$/.test(name) &&
    frameworkOf(name) === null &&
    args.positional.some((each) => holdsModules(each.value))
  )
    return construct(ev, { kind: 'qualified', name: 'torch.nn.Sequential' }, thoseGiven(args), expr);
  const operation = operationOf(name);
  if (operation) return product(ev, operation.op, tensorCall(ev, operation.framework, args, expr), expr);
  if (name.startsWith('torch.nn.') && /^[A-Z]/.test(name.slice(name.lastIndexOf('.') + 1))) {
    return construct(ev, { kind: 'qualified', name }, args, expr);
  }
  if (CHECKPOINT.test(name) && first)
    return callValue(ev, first.value, { ...args, positional: args.positional.slice(1) }, expr);
  const rearranged = callEinops(ev, name, args, expr);
  if (rearranged) return rearranged;
  const framework = frameworkOf(name);
  const bare = tensorFunction(name);
  if (!framework || bare === null || !givesTensor(bare)) return UNKNOWN;
  const call = tensorCall(ev, framework, args, expr);
  const handler = handlerOf(bare);
  if (!handler) return tensor(framework);
  const result = withRoles(ev, bare, call, handler(call));
  learnPermuted(ev, bare, call, result);
  return result;
}

/** A nested function or lambda, evaluated with the variables around it. */
function callClosure(ev: Evaluator, called: ClosureValue, args: Arguments): Value {
  if (ev.closureDepth >= MAX_CLOSURE_DEPTH) return UNKNOWN;
  const { code } = called;
  const { frame } = ev;
  const returned = ev.returned.splice(0);
  ev.frame = new Frame(called.frame);
  // What it does has been reported where it is defined.
  ev.silent++;
  ev.closureDepth++;
  const bound = bindArguments(code.parameters, args.positional, args.keywords, 0);
  let result: Value = UNKNOWN;
  ev.inCodeOf(called.owner, () => {
    bindInitial(ev, code, null, defaultsOf(ev, code.parameters, bound, null));
    if (code.kind === 'lambda') result = ev.evaluate(code.body);
    else {
      runBody(ev, code.body);
      result = joinAll(ev.returned);
    }
  });
  ev.closureDepth--;
  ev.silent--;
  ev.frame = frame;
  ev.returned.splice(0, ev.returned.length, ...returned);
  return result;
}
