/** Calls of instances of classes whose source is known, and of their methods. */
import type { CallExpr } from '../../lower/ir';
import { openShape } from '../shapes';
import { tensor, UNKNOWN } from '../values';
import type { InstanceValue, Value } from '../values';
import { callValue } from './calls';
import type { Arguments } from './calls';
import { asSequential, findMethod, isLinearSubclass } from './classes';
import type { Evaluator } from './evaluator';
import { callFunction } from './functions';
import { isLinearLike } from './linearLike';
import { callModule, ownWeight, plainModule } from './modules';
import { evaluateAttribute } from './names';
import { rankOfValue } from './ranks';
import { callContainer } from './sequential';

/** What is called an activation, whichever one a config chooses: GLU halves a size, none changes how many there are. */
const ACTIVATION = /^_?(?:\w+_)?act(?:ivation)?(?:_?fn|_?func|_?function|_?layer)?\d?$/;

/** `object.name(...)` of an instance of a class whose source is known. */
export function callInstanceMethod(
  ev: Evaluator,
  object: InstanceValue,
  name: string,
  args: Arguments,
  expr: CallExpr,
): Value {
  const own = object.key === ev.options.ownerClass;
  if (
    own &&
    (name === 'register_buffer' || name === 'register_parameter' || name === 'add_module' || name === 'register_module')
  ) {
    const [label, value] = args.positional;
    if (label?.value.kind === 'text' && label.value.text !== null && value)
      ev.frame.setAttribute(label.value.text, value.value);
    return UNKNOWN;
  }
  const attribute = evaluateAttribute(ev, object, { name, start: expr.start, end: expr.end });
  if (attribute.kind !== 'unknown') return callValue(ev, attribute, args, expr);
  const [first, more] = args.positional;
  if (ACTIVATION.test(name) && first && !more) {
    const rank = rankOfValue(ev, first.value);
    if (rank) return tensor('torch', openShape(rank));
  }
  return /^(?:to|cuda|cpu|eval|train|half|float|double|requires_grad_)$/.test(name) ? object : UNKNOWN;
}

/** An instance that is called runs its `forward`. */
export function callInstance(ev: Evaluator, called: InstanceValue, args: Arguments, expr: CallExpr): Value {
  const sequential = asSequential(ev, called);
  if (sequential) return callContainer(ev, sequential, args, expr);
  const method = findMethod(ev, called.key, 'forward') ?? findMethod(ev, called.key, '__call__');
  const module = method === null ? plainModule(ev, called.key) : null;
  if (module) return callModule(ev, module, args, expr);
  const result =
    method === null ? UNKNOWN : callFunction(ev, { kind: 'function', key: method, self: called }, args, expr);
  const kind = isLinearSubclass(ev, called.key)
    ? ('linear_call' as const)
    : isLinearLike(ev, called.key)
      ? ('linear_like_call' as const)
      : null;
  if (kind === null) return result;
  const first = args.positional[0] ?? args.keywords.get('input');
  const value = first ? ev.see(first, 'torch') : tensor('torch');
  ev.report({
    kind,
    op: ev.session.classFacts(called.key)?.name ?? 'linear',
    framework: 'torch',
    expr,
    operands: [
      { expr: first?.expr ?? null, value },
      ...(kind === 'linear_call' ? [{ expr: null, value: ownWeight(ev, called) }] : []),
    ],
    result: result.kind === 'tensor' ? result.shape : { open: true, dims: [] },
    work: { flops: null, bytes: null },
    module: null,
    start: expr.start,
    end: expr.end,
  });
  return result.kind === 'unknown' ? tensor('torch') : result;
}
