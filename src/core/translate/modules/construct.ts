/** Construction of modules, inside constructors. */
import type { CallExpr } from '../../lower/ir';
import type { Arguments } from '../calls';
import { elementOf } from '../iteration';
import { present } from '../known';
import type { Known, ModuleShape, Term } from '../known';
import { integer, NONE } from '../python';
import type { Translator } from '../translator';
import { TORCH_MODULES } from './torch';

/** What constructing a class of torch.nn or of this file gives. */
export function constructModule(
  t: Translator,
  called: Known & { kind: 'qualified' | 'class' },
  args: Arguments,
  expr: CallExpr,
): Term {
  if (called.kind === 'class') {
    const facts = t.program.file.classFacts(called.key);
    if (!t.program.isModule(called.key))
      return t.refuse(expr, `an object of the class \`${facts?.name ?? ''}\` is no pytree`);
    const constructor = t.program.method(called.key, '__init__');
    const parameters =
      constructor === null ? [] : (t.program.file.functionFacts(constructor)?.def.parameters.slice(1) ?? []);
    const bound = new Map<string, Term>();
    for (const [at, term] of args.positional.entries()) {
      const parameter = parameters[at];
      if (!parameter || parameter.form === '*' || term.code.kind === 'starred')
        return t.refuse(expr, 'these arguments of a constructor are not translated');
      bound.set(parameter.name, term);
    }
    for (const [name, term] of args.keywords) bound.set(name, term);
    return made({ kind: 'class', key: called.key, args: bound });
  }
  const type = called.name.slice('torch.nn.'.length);
  if (type === 'Sequential' || type === 'ModuleList' || type === 'ParameterList') return stack(t, type, args, expr);
  if (type === 'ModuleDict') {
    const [only] = args.positional;
    const known = only?.known;
    if (known?.kind !== 'dict' || !known.entries) return t.refuse(expr, 'the keys of this ModuleDict are not known');
    return made({ kind: 'dict', entries: known.entries });
  }
  const entry = TORCH_MODULES.get(type);
  if (!entry) return t.refuse(expr, `the module torch.nn.${type} is not translated`);
  const bound = new Map<string, Term>();
  for (const [at, term] of args.positional.entries()) {
    const parameter = entry.parameters[at];
    if (parameter === undefined || term.code.kind === 'starred')
      return t.refuse(expr, `these arguments of torch.nn.${type} are not translated`);
    bound.set(parameter, term);
  }
  for (const [name, term] of args.keywords) {
    if (name === 'device' || name === 'dtype' || name === 'inplace') continue;
    if (!entry.parameters.includes(name))
      return t.refuse(expr, `the argument \`${name}\` of torch.nn.${type} is not translated`);
    bound.set(name, term);
  }
  return made({ kind: 'torch', type: `torch.nn.${type}`, args: bound });
}

function made(shape: ModuleShape): Term {
  return { code: NONE, known: { kind: 'module', shape, params: null, path: null } };
}

/** `nn.Parameter(value)`: the value itself, mostly random, is no matter: the state tells it. */
export function constructParameter(t: Translator, expr: CallExpr): Term {
  const data = expr.args.find((each) => each.name === null || each.name === 'data');
  const flag = expr.args.find((each) => each.name === 'requires_grad')?.value;
  if (flag && flag.kind !== 'constant') return t.refuse(expr, 'whether this parameter is trained is not known');
  let value: Known | null = null;
  t.tentatively(() => {
    if (data) value = present(t.expr(data.value).known);
  });
  const known = value as Known | null;
  return {
    code: NONE,
    known: {
      kind: 'weight',
      trained: !flag || flag.value === 'True',
      stored: true,
      elements: 'float',
      rank: known?.kind === 'tensor' ? known.rank : null,
      value: null,
    },
  };
}

function stack(
  t: Translator,
  form: 'Sequential' | 'ModuleList' | 'ParameterList',
  args: Arguments,
  expr: CallExpr,
): Term {
  const [first] = args.positional;
  let items: readonly Known[] | null;
  let element: Known | null = null;
  const known = first && present(first.known);
  const spread = first?.code.kind === 'starred';
  if (form === 'Sequential' && known?.kind === 'dict') {
    if (!known.entries) return t.refuse(expr, 'the names in this Sequential are not known');
    return made({
      kind: 'stack',
      form,
      items: [...known.entries].map(([name, child]) => ({ name, child })),
      element: null,
    });
  }
  if (form !== 'Sequential' || spread) {
    if (args.positional.length > 1) return t.refuse(expr, 'these modules are not translated');
    if (!first) items = [];
    else if (known?.kind === 'sequence') {
      items = known.items;
      element = elementOf(known);
    } else return t.refuse(expr, 'which modules these are is not known');
  } else items = args.positional.map((each) => each.known);
  const children = items ?? (element ? [element] : []);
  const wrong = children.find((each) => each.kind !== 'module' && each.kind !== 'weight');
  if (wrong)
    return wrong.kind === 'refused'
      ? { code: integer(0), known: wrong }
      : t.refuse(expr, 'which modules these are is not known');
  return made({
    kind: 'stack',
    form,
    items: items?.map((child, at) => ({ name: String(at), child })) ?? null,
    element,
  });
}
