/** Calls: operations of the tables, modules, functions of this file, Python's own functions. */
import type { CallExpr, Expr } from '../lower/ir';
import { canonicalName } from '../link/names';
import { callBuiltin } from './builtins';
import { callContainerMethod } from './containers';
import { present } from './known';
import type { Term } from './known';
import { constructModule, constructParameter } from './modules/construct';
import { callModule } from './modules/call';
import { OpCall } from './op';
import type { Op } from './op';
import { AMBIGUOUS_METHODS, functionNamed, methodNamed } from './table';
import type { Translator } from './translator';
import { moduleAttribute } from './attributes';
import { translateVmap } from './vmap';
import { call as callOf } from './python';

/** Arguments of a call, translated. */
export interface Arguments {
  readonly positional: readonly Term[];
  readonly keywords: ReadonlyMap<string, Term>;
}

export function translateCall(t: Translator, expr: CallExpr): Term {
  const { callee } = expr;
  if (callee.kind === 'attribute') {
    const object = t.expr(callee.object);
    const known = present(object.known);
    if (known.kind === 'refused') return object;
    if (known.kind === 'tensor' || known.kind === 'unknown' || known.kind === 'number' || known.kind === 'static')
      return callTensorMethod(t, expr, callee.name, object);
    if (known.kind === 'sequence' || known.kind === 'dict' || known.kind === 'text')
      return callContainerMethod(t, expr, callee, object);
    if (known.kind === 'module' && known.shape.kind !== 'class') {
      if (callee.name === 'forward') return withArguments(t, expr, (args) => callModule(t, known, args, expr));
      return callContainerMethod(t, expr, callee, object);
    }
    if (known.kind === 'module' && callee.name === 'forward')
      return withArguments(t, expr, (args) => callModule(t, known, args, expr));
    if (known.kind === 'module') {
      const member = moduleAttribute(t, known, callee.name, callee);
      return callValue(t, expr, member, callee);
    }
    if (known.kind === 'super') {
      const key = t.program.method(known.owner, callee.name, true);
      if (key === null) return t.refuse(expr, `\`super().${callee.name}\` goes outside this file`);
      return withArguments(t, expr, (args) =>
        t.program.callFunction(t, { kind: 'function', key, self: known.of }, args.positional, args.keywords, expr),
      );
    }
  }
  return translateVmap(t, expr) ?? callValue(t, expr, t.expr(callee), callee);
}

function callValue(t: Translator, expr: CallExpr, called: Term, callee: Expr): Term {
  const known = present(called.known);
  switch (known.kind) {
    case 'refused':
      return called;
    case 'qualified':
      return callQualified(t, expr, canonicalName(known.name));
    case 'function':
      return withArguments(t, expr, (args) => t.program.callFunction(t, known, args.positional, args.keywords, expr));
    case 'class':
      return withArguments(t, expr, (args) => constructModule(t, known, args, expr));
    case 'module':
      return withArguments(t, expr, (args) => callModule(t, known, args, expr));
    case 'closure':
      return withArguments(t, expr, ({ positional, keywords }) => {
        const named: Record<string, Term['code']> = {};
        for (const [name, { code }] of keywords) named[name] = code;
        return {
          code: callOf(
            called.code,
            positional.map((each) => each.code),
            named,
          ),
          known: known.returns,
        };
      });
    case 'dtype':
      return t.refuse(expr, 'a dtype is called');
    default:
      return t.refuse(expr, `what \`${t.source(callee)}\` is, and so what calling it does, is not known`);
  }
}

function callQualified(t: Translator, expr: CallExpr, name: string): Term {
  if (name.startsWith('builtins.')) return callBuiltin(t, expr, name.slice('builtins.'.length));
  const op = functionNamed(name);
  if (op) return withArguments(t, expr, (args) => applyOp(t, expr, op, shortName(name), args));
  const asMethod = /^torch\.Tensor\.(\w+)$/.exec(name)?.[1];
  const methodOp = asMethod === undefined ? null : methodNamed(asMethod);
  if (methodOp) return withArguments(t, expr, (args) => applyOp(t, expr, methodOp, shortName(name), args));
  if (name === 'torch.nn.Parameter') return constructParameter(t, expr);
  if (/^torch\.nn\.[A-Z]/.test(name))
    return withArguments(t, expr, (args) => constructModule(t, { kind: 'qualified', name }, args, expr));
  return t.refuse(expr, `\`${name}\` is not translated`, wayOutOf(name));
}

function shortName(name: string): string {
  return name.replace('torch.nn.functional.', 'F.');
}

function wayOutOf(name: string): string | null {
  if (/rand|multinomial|bernoulli|normal/.test(name))
    return 'draw random numbers outside and pass them in: JAX needs a key for each draw';
  if (name.startsWith('numpy.')) return 'use the torch function of the same name';
  return null;
}

function callTensorMethod(t: Translator, expr: CallExpr, name: string, object: Term): Term {
  const known = present(object.known);
  const { callee } = expr;
  const receiver = callee.kind === 'attribute' ? callee.object : callee;
  const place = name.endsWith('_') && !name.endsWith('__') ? name.slice(0, -1) : null;
  if (place !== null && methodNamed(place)) {
    return t.refuse(
      expr,
      `\`.${name}\` changes a tensor in place where its value is used`,
      'write it as a statement of its own on a local variable, or use the form without the underscore',
    );
  }
  const op = methodNamed(name);
  if (!op) {
    const why = REFUSED_METHODS[name];
    return t.refuse(expr, why?.[0] ?? `the Tensor method \`${name}\` is not translated`, why?.[1] ?? null);
  }
  if (known.kind === 'unknown' && AMBIGUOUS_METHODS.has(name))
    return t.refuse(
      expr,
      `\`.${name}\` may be a method of a tensor or of another type, and what \`${t.source(receiver)}\` is is not known`,
      'annotate the parameter as torch.Tensor',
    );
  if (known.kind === 'number' || known.kind === 'static')
    return t.refuse(expr, `\`.${name}\` is called on a value that the constructor was given and that is no tensor`);
  const self: Term = { code: object.code, known: t.asTensor(receiver, known) };
  return withArguments(t, expr, (args) =>
    applyOp(t, expr, op, `.${name}`, { ...args, positional: [self, ...args.positional] }),
  );
}

/** Methods that no function under `jax.jit` can have, with the way out. */
const REFUSED_METHODS: Readonly<Record<string, readonly [string, string | null]>> = {
  item: ['`.item()` takes a value out of a tensor, which jax.jit cannot know while it traces', 'keep it a tensor'],
  tolist: ['`.tolist()` takes values out of a tensor, which jax.jit cannot know while it traces', 'keep it a tensor'],
  numpy: ['`.numpy()` leaves the framework', null],
  backward: [
    '`.backward()` writes gradients into tensors; JAX functions return them',
    'use jax.value_and_grad on the loss',
  ],
  requires_grad_: [
    '`.requires_grad_()` is a mark for autograd; jax.grad takes the arguments to differentiate by',
    null,
  ],
  nonzero: ['the shape of `.nonzero()` depends on values', 'use torch.where with three arguments'],
  unique: ['the shape of `.unique()` depends on values', null],
  masked_select: ['the shape of `.masked_select()` depends on values', 'use torch.where with three arguments'],
  register_hook: ['hooks have no equivalent in a pure function', null],
  data_ptr: ['memory addresses have no equivalent', null],
};

/** Evaluates the arguments, unless one of them was refused. */
export function withArguments(t: Translator, expr: CallExpr, use: (args: Arguments) => Term): Term {
  const positional: Term[] = [];
  const keywords = new Map<string, Term>();
  for (const { name, value } of expr.args) {
    const term = t.expr(value);
    if (term.known.kind === 'refused') return term;
    if (name === null) positional.push(term);
    else if (name === '*') positional.push({ code: { kind: 'starred', value: term.code }, known: term.known });
    else if (name === '**') return t.refuse(value, 'which arguments `**` passes is not known');
    else keywords.set(name, term);
  }
  return use({ positional, keywords });
}

/** Applies an operation of the tables to arguments. */
export function applyOp(t: Translator, expr: CallExpr, op: Op, spelling: string, args: Arguments): Term {
  const bound = new Map<string, Term>();
  const rest: Term[] = [];
  const last = op.parameters.at(-1);
  const variadic = op.parameters.find((each) => each.endsWith('...'));
  const names = op.parameters.map((each) => each.replace('...', ''));
  const spread = variadic?.replace('...', '') ?? null;
  for (const [at, term] of args.positional.entries()) {
    const name = names[at];
    const beyond = spread !== null && at > names.indexOf(spread);
    if (term.code.kind === 'starred' && !beyond && name !== spread)
      return t.refuse(expr, `which parameters of ${spelling} a starred argument fills is not known`);
    if (beyond) rest.push(term);
    else if (name === undefined || (at >= op.positional && spread === null))
      return t.refuse(expr, `${spelling} takes fewer arguments by position`);
    else bound.set(name, term);
  }
  for (const [name, term] of args.keywords) {
    const own = KEYWORD_ALIASES[name] !== undefined && !names.includes(name) ? KEYWORD_ALIASES[name] : name;
    if (!names.includes(own) || (last === variadic && own !== spread && !names.includes(own)))
      return t.refuse(expr, `the argument \`${name}\` of ${spelling} is not translated`);
    bound.set(own, term);
  }
  for (const [name, term] of bound) {
    if (term.known.kind === 'unknown' && TENSOR_PARAMETERS.has(name)) {
      const at = expr.args.find((each) => each.name === name)?.value ?? argumentAt(expr, names.indexOf(name), args);
      if (at) bound.set(name, { code: term.code, known: t.asTensor(at, term.known) });
    }
  }
  const before = t.refusals.size;
  const c = new OpCall(t, expr, spelling, bound, rest);
  const result = op.emit(c);
  if (t.refusals.size > before && result.known.kind !== 'refused')
    return { ...result, known: { kind: 'refused', reason: '' } };
  if (result.known.kind === 'refused') return result;
  const unasked = c.unasked().filter((each) => bound.get(each)?.known.kind !== 'none');
  const [first] = unasked;
  if (first !== undefined) return t.refuse(expr, `the argument \`${first}\` of ${spelling} is not translated`);
  return result;
}

function argumentAt(expr: CallExpr, at: number, args: Arguments): Expr | null {
  // A method's tensor is its first argument, and is not among the written ones.
  const shift = args.positional.length - expr.args.filter((each) => each.name === null || each.name === '*').length;
  return expr.args[at - shift]?.value ?? null;
}

const TENSOR_PARAMETERS = new Set([
  'input',
  'other',
  'mat1',
  'mat2',
  'batch1',
  'batch2',
  'vec',
  'weight',
  'query',
  'key',
  'value',
  'mask',
  'index',
  'condition',
  'tensor1',
  'tensor2',
]);

/** NumPy's words, which PyTorch takes, too. */
const KEYWORD_ALIASES: Readonly<Record<string, string>> = { axis: 'dim', keepdims: 'keepdim', x: 'input', a: 'input' };
