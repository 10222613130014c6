/** Calls of modules. */
import type { CallExpr } from '../../lower/ir';
import type { Arguments } from '../calls';
import type { Known, ModuleKnown, ModuleShape, Term } from '../known';
import { childOf, commonChild } from '../moduleParts';
import { name as nameOf } from '../python';
import type { PyStatement } from '../python';
import { Translator } from '../translator';
import { ModuleCall, TORCH_MODULES } from './torch';

export function callModule(t: Translator, module: ModuleKnown, args: Arguments, expr: CallExpr): Term {
  const { shape } = module;
  switch (shape.kind) {
    case 'torch': {
      const entry = TORCH_MODULES.get(shape.type.slice('torch.nn.'.length));
      if (!entry) return t.refuse(expr, `calling ${shape.type} is not translated`);
      if (t.mode === 'constructor') return t.refuse(expr, 'a module is called in a constructor');
      return entry.emit(new ModuleCall(t, module, args, expr));
    }
    case 'class': {
      const forward = t.program.method(shape.key, 'forward');
      if (forward === null) return t.refuse(expr, 'this class has no forward in this file');
      return t.program.callFunction(
        t,
        { kind: 'function', key: forward, self: module },
        args.positional,
        args.keywords,
        expr,
      );
    }
    case 'stack':
      if (shape.form === 'Sequential') return callSequential(t, module, args, expr);
      return t.refuse(expr, `a ${shape.form} cannot be called`);
    case 'dict':
      return t.refuse(expr, 'a ModuleDict cannot be called');
  }
}

/** A Sequential is a function of its own, whose body is the sequence. */
function callSequential(t: Translator, module: ModuleKnown, args: Arguments, expr: CallExpr): Term {
  const [input] = args.positional;
  if (!input || args.positional.length > 1 || args.keywords.size > 0)
    return t.refuse(expr, 'a Sequential takes one input');
  const { shape } = module;
  if (shape.kind !== 'stack') return t.refuse(expr, 'this is no Sequential');
  if (shape.items) t.program.config.assumeCount(module.path, shape.items.length);
  if (shape.items?.length === 1) {
    const child = childOf(module, 0, null);
    if (child?.kind === 'module') return callModule(t, child, args, expr);
  }
  const own = new Translator(t.program, t.place, null, 'body');
  own.refusals = t.refusals;
  own.bind('x', input.known);
  const inner: ModuleKnown = { ...module, params: nameOf(own.paramsName) };
  const body = shape.items ? steps(own, inner, expr) : repeated(own, inner, expr);
  if (!body) return { code: nameOf('refused'), known: { kind: 'refused', reason: '' } };
  const hint = module.path?.kind === 'attribute' ? module.path.name : 'sequential';
  const made = t.program.addFunction(hint, own, ['x'], body);
  const known = own.variables.get('x')?.known ?? input.known;
  return { code: t.program.callCode(t, made, module, [input.code]), known };
}

function steps(t: Translator, module: ModuleKnown, expr: CallExpr): readonly PyStatement[] | null {
  const { shape } = module;
  const body: PyStatement[] = [];
  const count = shape.kind === 'stack' ? (shape.items?.length ?? 0) : 0;
  for (let at = 0; at < count; at++) {
    const child = childOf(module, at, { kind: 'literal', text: String(at) });
    if (child?.kind !== 'module') return refused(t, expr);
    const term = callModule(t, child, xOnly(t), expr);
    if (term.known.kind === 'refused') return null;
    t.bind('x', term.known);
    if (term.code.kind !== 'name' || term.code.name !== 'x') body.push(assign(term.code));
  }
  return returned(body);
}

/** The value goes through every child in turn; how many there are, params tell. */
function repeated(t: Translator, module: ModuleKnown, expr: CallExpr): readonly PyStatement[] | null {
  const child = commonChild(module);
  if (child?.kind !== 'module' || !isWeighted(t, child.shape)) return refused(t, expr);
  t.usesParams = true;
  const layer: ModuleKnown = { ...child, params: nameOf('layer'), path: childPath(module) };
  const kept = t.usesParams;
  const term = callModule(t, layer, xOnly(t), expr);
  t.usesParams = kept;
  if (term.known.kind === 'refused') return null;
  t.bind('x', term.known);
  return [
    {
      kind: 'for',
      target: nameOf('layer'),
      iterable: module.params ?? nameOf(t.paramsName),
      body: [assign(term.code)],
    },
    { kind: 'return', value: nameOf('x') },
  ];
}

function childPath(module: ModuleKnown) {
  const child = childOf(module, null, { kind: 'literal', text: '0' });
  return child?.kind === 'module' ? child.path : null;
}

function xOnly(t: Translator): Arguments {
  const known: Known = t.variables.get('x')?.known ?? { kind: 'unknown' };
  return { positional: [{ code: nameOf('x'), known }], keywords: new Map() };
}

const assign = (value: Term['code']): PyStatement => ({ kind: 'assign', targets: [nameOf('x')], value });

function returned(body: readonly PyStatement[]): readonly PyStatement[] {
  const last = body.at(-1);
  if (last?.kind === 'assign') return [...body.slice(0, -1), { kind: 'return', value: last.value }];
  return [...body, { kind: 'return', value: nameOf('x') }];
}

function refused(t: Translator, expr: CallExpr): null {
  t.refuse(expr, 'the modules in this Sequential, or their number, are not known');
  return null;
}

/** Whether a module has weights of its own or in its children, so that params have an entry for it. */
export function isWeighted(t: Translator, shape: ModuleShape): boolean {
  switch (shape.kind) {
    case 'torch':
      return TORCH_MODULES.get(shape.type.slice('torch.nn.'.length))?.weighted ?? false;
    case 'class':
      return [...t.program.attributes(shape).values()].some(({ known }) => holdsWeights(t, known));
    case 'stack':
      return shape.items
        ? shape.items.some((each) => holdsWeights(t, each.child))
        : shape.element !== null && holdsWeights(t, shape.element);
    case 'dict':
      return [...shape.entries.values()].some((each) => holdsWeights(t, each));
  }
}

function holdsWeights(t: Translator, known: Known): boolean {
  if (known.kind === 'weight') return known.stored;
  return known.kind === 'module' && isWeighted(t, known.shape);
}
