/** The constructor's arguments of the module that a program is for: given ones, the file's own, or defaults. */
import type { Expr, Parameter } from '../lower/ir';
import type { Known, Term } from './known';
import { NUMBER, STATIC } from './known';
import { parameterKnown } from './parameters';
import type { Program } from './program';
import { attribute, literal, name as nameOf, NONE } from './python';
import { Translator } from './translator';

/** @param given Python expressions by parameter; null where nothing is known of the construction */
export function constructorArguments(
  program: Program,
  key: string,
  given: ReadonlyMap<string, string> | null,
): ReadonlyMap<string, Term> {
  const constructor = program.method(key, '__init__');
  const facts = constructor === null ? null : program.file.functionFacts(constructor);
  // The header of a function's facts counts from the beginning of the file, its body from its own.
  const parameters = (constructor === null ? null : program.file.body(constructor))?.parameters.slice(1) ?? [];
  const t = new Translator(
    program,
    { key: constructor ?? '', origin: facts?.def.start ?? 0, owner: key },
    null,
    'constructor',
  );
  const fromFile = initInputs(program, parameters);
  const args = new Map<string, Term>();
  for (const parameter of parameters) {
    if (parameter.form === '*' || parameter.form === '**') continue;
    const { name } = parameter;
    const value = given?.get(name);
    // What a race takes from the file's own function, it names so.
    const provided = value === undefined ? given === null : value.startsWith('get_init_inputs()');
    const said = value === undefined || provided ? null : fromText(t, value);
    const term = said ?? (provided ? fromFile.get(name) : undefined) ?? fromDefault(t, parameter);
    // A class or function decides what is built: it is taken as it stands.
    if (term && ['class', 'qualified', 'function', 'closure', 'none', 'module', 'dtype'].includes(term.known.kind)) {
      args.set(name, term);
      continue;
    }
    if (term) program.config.setValue(name, term.code);
    const known: Known = term ? term.known : annotated(t, parameter);
    args.set(name, { code: { kind: 'fact', name }, known });
  }
  learnNumbers(program, program.attributes({ kind: 'class', key, args }), args, 0);
  learnReaders(program, program.attributes({ kind: 'class', key, args }));
  return args;
}

/** Arguments that modules of torch take for sizes are numbers. */
function learnNumbers(
  program: Program,
  attributes: ReadonlyMap<string, Term>,
  args: Map<string, Term>,
  depth: number,
): void {
  for (const { known } of attributes.values()) {
    if (known.kind !== 'module') continue;
    const { shape } = known;
    if (shape.kind === 'class' && depth < MAX_DEPTH) learnNumbers(program, program.attributes(shape), args, depth + 1);
    else if (shape.kind === 'stack') {
      const children = shape.items?.map((each) => each.child) ?? (shape.element ? [shape.element] : []);
      const inside = new Map(children.map((child, at) => [String(at), { code: NONE, known: child }]));
      if (depth < MAX_DEPTH) learnNumbers(program, inside, args, depth + 1);
    } else if (shape.kind === 'torch') {
      for (const [parameter, { code }] of shape.args) {
        const found = code.kind === 'fact' ? args.get(code.name) : undefined;
        if (code.kind === 'fact' && found?.known.kind === 'static' && SIZE_PARAMETER.test(parameter))
          args.set(code.name, { ...found, known: NUMBER });
      }
    }
  }
}

const MAX_DEPTH = 8;
const SIZE_PARAMETER = /^(?:in_features|out_features|num_embeddings|embedding_dim|embed_dim|num_heads|num_features)$/;

/** Where a torch module keeps the constructor's arguments. */
function learnReaders(program: Program, attributes: ReadonlyMap<string, Term>): void {
  const module = nameOf('module');
  for (const [name, { code }] of attributes)
    if (code.kind === 'fact') program.config.setReader(code.name, attribute(module, name));
  for (const [name, { known }] of attributes) {
    if (known.kind !== 'module' || known.shape.kind !== 'torch') continue;
    for (const [parameter, { code }] of known.shape.args)
      if (code.kind === 'fact' && SIZE_PARAMETER.test(parameter))
        program.config.setReader(code.name, attribute(attribute(module, name), parameter));
  }
}

function annotated(t: Translator, parameter: Parameter): Known {
  const known = parameterKnown(t, { ...parameter, default: null });
  return known.kind === 'number' || known.kind === 'bool' || known.kind === 'text' ? known : STATIC;
}

function fromDefault(t: Translator, parameter: Parameter): Term | null {
  const { default: value } = parameter;
  if (!value) return null;
  let term: Term | null = null;
  const refusals = t.tentatively(() => {
    term = t.expr(value);
  });
  return refusals.size > 0 ? null : term;
}

/** A Python expression that came as text: a literal, or a name of the file's top level. */
function fromText(t: Translator, text: string): Term {
  const trimmed = text.trim();
  const number = /^[-+]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/.test(trimmed)
    ? Number(trimmed.replaceAll('_', ''))
    : null;
  if (number !== null) return { code: literal(trimmed), known: { kind: 'number', value: number } };
  if (trimmed === 'True' || trimmed === 'False')
    return { code: literal(trimmed), known: { kind: 'bool', value: trimmed === 'True' } };
  if (trimmed === 'None') return { code: literal('None'), known: { kind: 'none' } };
  const quoted = /^(["'])([^"'\\]*)\1$/.exec(trimmed);
  if (quoted) return { code: literal(`"${quoted[2] ?? ''}"`), known: { kind: 'text', value: quoted[2] ?? '' } };
  if (/^[A-Za-z_][\w.]*$/.test(trimmed)) {
    let term: Term | null = null;
    const refusals = t.tentatively(() => {
      term = t.expr(dottedExpr(trimmed));
    });
    const found = term as Term | null;
    if (refusals.size === 0 && found) return found;
  }
  // Other expressions are taken as they stand, with the constants of the file that they name.
  for (const match of trimmed.matchAll(/(?<![.\w"'])[A-Za-z_]\w*/g)) t.tentatively(() => t.expr(dottedExpr(match[0])));
  const simple = /^[[(].*[\])]$/.test(trimmed);
  return { code: literal(simple ? trimmed : `(${trimmed})`), known: STATIC };
}

function dottedExpr(path: string): Expr {
  const [first = '', ...rest] = path.split('.');
  const span = { start: 0, end: 0 };
  return rest.reduce<Expr>((object, name) => ({ kind: 'attribute', object, name, ...span }), {
    kind: 'name',
    name: first,
    ...span,
  });
}

/** What `get_init_inputs()` of a single-file benchmark problem passes to the constructor. */
function initInputs(program: Program, parameters: readonly Parameter[]): ReadonlyMap<string, Term> {
  const found = new Map<string, Term>();
  const facts = program.file.functionFacts('get_init_inputs');
  const body = facts && program.file.body('get_init_inputs');
  const last = body?.body.at(-1);
  if (!facts || last?.kind !== 'return' || !last.value) return found;
  const t = new Translator(program, { key: facts.key, origin: facts.def.start, owner: null }, null, 'constructor');
  const { value } = last;
  if (value.kind !== 'list' && value.kind !== 'tuple') return found;
  for (const [at, item] of value.items.entries()) {
    const parameter = parameters[at];
    if (!parameter) break;
    let term: Term | null = null;
    const refusals = t.tentatively(() => {
      term = t.expr(item);
    });
    const value = term as Term | null;
    if (refusals.size === 0 && value) found.set(parameter.name, value);
  }
  return found;
}
