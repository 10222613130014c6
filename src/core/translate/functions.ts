/** The functions of the program: each definition of the file is translated once for each kind of arguments. */
import type { Parameter, Span } from '../lower/ir';
import { Constructor } from './constructor';
import { join, OUTSIDE, present, UNKNOWN } from './known';
import type { Known, ModuleKnown, Term } from './known';
import { parameterKnown } from './parameters';
import type { Program } from './program';
import { name as nameOf } from './python';
import type { Py, PyArgument, PyFunction, PyParameter, PyStatement } from './python';
import { formOf, translateBlock } from './statements';
import { snakeCase } from './subjects';
import { Translator } from './translator';

/** A function as its callers need to know it. */
export interface Made {
  readonly name: string;
  readonly usesParams: boolean;
  readonly usesConfig: boolean;
  readonly returns: Known;
}

/** Decorators that change how a function runs, not what it computes. */
const HARMLESS =
  /^(?:staticmethod|property|torch\.(?:compile|jit\.(?:script|export|ignore|unused|script_method|script_if_tracing)|no_grad|inference_mode|_dynamo\.\w+)|typing\.(?:overload|override)|override|functools\.cache|lru_cache)$/;

/** Decorators under which autograd records nothing: results carry no gradient. */
const GRADIENT_FREE = /^torch\.(?:autograd\.grad_mode\.)?(?:no_grad|inference_mode)$/;

/** What a function counts as among nested steps. */
const FUNCTION_WEIGHT = 20;

export class Functions {
  private readonly written: PyFunction[] = [];
  private readonly known = new Map<string, Made | 'under way' | null>();

  constructor(
    private readonly program: Program,
    private readonly free: (hint: string) => string,
  ) {}

  list(): readonly PyFunction[] {
    return this.written;
  }

  call(t: Translator, called: Known, positional: readonly Term[], keywords: ReadonlyMap<string, Term>, at: Span): Term {
    if (called.kind !== 'function') return t.refuse(at, 'what is called is not known');
    const { key, self } = called;
    const facts = this.program.file.functionFacts(key);
    if (!facts) return t.refuse(at, 'what is called is not known');
    const method = facts.owner !== null && !isStatic(facts.def.decorators);
    const parameters = method ? facts.def.parameters.slice(1) : facts.def.parameters;
    const bound = bind(parameters, positional, keywords);
    if (typeof bound === 'string') return t.refuse(at, bound);
    if (t.mode === 'constructor') return new Constructor(this.program, method ? self : null).run(key, bound);
    const kinds = new Map([...bound].map(([name, term]) => [name, asSeenInside(term.known)]));
    const made = this.make(key, method ? self : null, kinds, null);
    if (made === 'under way') return t.refuse(at, `\`${facts.name}\` calls itself, which is not translated`);
    if (!made)
      return { code: nameOf('refused'), known: { kind: 'refused', reason: `\`${facts.name}\` is not translated` } };
    const args: PyArgument[] = [
      ...positional.map((each) => ({ name: null, value: each.code })),
      ...[...keywords].map(([name, each]) => ({ name, value: each.code })),
    ];
    return { code: this.code(t, made, method ? self : null, args), known: made.returns };
  }

  /** A call of a function of the program. */
  code(t: Translator, made: Made, module: ModuleKnown | null, args: readonly PyArgument[]): Py {
    const first: Py[] = [];
    if (made.usesParams && module?.params) {
      t.usesParams = true;
      first.push(module.params);
    }
    if (made.usesConfig) {
      t.usesConfig = true;
      first.push(nameOf(t.configName));
    }
    return {
      kind: 'call',
      callee: nameOf(made.name),
      args: [...first.map((value) => ({ name: null, value })), ...args],
    };
  }

  entry(key: string, self: ModuleKnown | null, name: string): Made | null {
    const made = this.make(key, self, new Map(), name);
    return made === 'under way' ? null : made;
  }

  private make(
    key: string,
    self: ModuleKnown | null,
    kinds: ReadonlyMap<string, Known>,
    entry: string | null,
  ): Made | 'under way' | null {
    const id = describe([key, self?.shape ?? null, self?.path ?? null, [...kinds], entry]);
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const { effort } = this.program;
    if (!effort.enter(FUNCTION_WEIGHT)) return null;
    this.known.set(id, 'under way');
    const made = this.translate(key, self, kinds, entry);
    effort.leave(FUNCTION_WEIGHT);
    this.known.set(id, made);
    return made;
  }

  private translate(
    key: string,
    self: ModuleKnown | null,
    kinds: ReadonlyMap<string, Known>,
    entry: string | null,
  ): Made | null {
    const { program } = this;
    const facts = program.file.functionFacts(key);
    const def = program.file.body(key);
    if (!facts) return null;
    if (!def) {
      const { start } = facts.def;
      program.refusals.add({
        start,
        end: start + 3,
        reason: 'the code of this function has not been read',
        wayOut: null,
      });
      return null;
    }
    const t = new Translator(
      program,
      { key, origin: facts.def.start, owner: facts.owner },
      self && { ...self, params: nameOf('params') },
      'body',
    );
    const own = self && { ...self, params: nameOf(t.paramsName) };
    const inner = new Translator(program, t.place, own, 'body');
    const before = program.refusals.size;
    const header = { start: 0, end: Math.max(1, t.source(def).indexOf('\n')) };
    if (def.async) inner.refuse(header, 'an async function cannot be traced');
    if (program.file.facts.broken.some((each) => each.start < facts.def.end && each.end > facts.def.start))
      inner.refuse(header, 'the code of this function is broken');
    for (const each of def.decorators) this.checkDecorator(inner, each, facts.owner !== null);
    const parameters: PyParameter[] = [];
    def.parameters.forEach((each, at) => {
      if (own && at === 0) {
        inner.variables.set(each.name, { known: own, code: nameOf(t.paramsName), shared: true });
        return;
      }
      if (each.form === '*' || each.form === '**') {
        inner.refuse(each, `what \`${each.form}${each.name}\` collects is not known`, 'name the parameters');
        return;
      }
      inner.bind(each.name, ofItsOwnDtype(each.name, kinds.get(each.name) ?? parameterKnown(inner, each)));
      inner.untouched.add(each.name);
      parameters.push({
        name: each.name,
        form: formOf(each.form),
        default: each.default ? inner.expr(each.default).code : null,
      });
    });
    const returned: Known[] = [];
    const body = translateBlock(inner, def.body, returned);
    if (program.refusals.size > before) return null;
    const returns = returned.length > 0 ? returned.reduce(join) : ({ kind: 'none' } as const);
    const known = outside(body.ends || returned.length === 0 ? returns : join(returns, { kind: 'none' }));
    const hint = entry ?? hintOf(facts.name, facts.owner);
    return { ...this.add(hint, inner, parameters, body.statements, entry !== null), returns: known };
  }

  /** Adds a function, or finds one that is written alike. */
  add(
    hint: string,
    t: Translator,
    parameters: readonly PyParameter[],
    body: readonly PyStatement[],
    entry = false,
  ): Made {
    const first: PyParameter[] = [];
    const statements = [...body];
    if (t.usesParams || (entry && t.self)) first.push({ name: t.paramsName, form: 'positional', default: null });
    if (t.usesConfig && !entry) first.push({ name: t.configName, form: 'positional', default: null });
    if (t.usesConfig && entry) {
      const at = statements[0]?.kind === 'docstring' ? 1 : 0;
      const value: Py = { kind: 'entry', owner: nameOf(t.paramsName), key: { kind: 'literal', text: '"config"' } };
      statements.splice(at, 0, { kind: 'assign', targets: [nameOf(t.configName)], value });
    }
    const all = [...first, ...parameters];
    const facts = { usesParams: t.usesParams, usesConfig: t.usesConfig, returns: UNKNOWN };
    const same = entry
      ? null
      : this.written.find(
          (each) =>
            describe([each.parameters, each.body]) === describe([all, statements]) &&
            each.name.replace(/_\d*$/, '') === hint,
        );
    if (same) return { ...facts, name: same.name };
    const name = entry ? hint : this.free(hint);
    this.written.push({ name, parameters: all, body: statements });
    return { ...facts, name };
  }

  private checkDecorator(t: Translator, expr: Parameter['default'] & object, method: boolean): void {
    const called = expr.kind === 'call' ? expr.callee : expr;
    const source = t.source(called);
    const { scope } = this.program.file;
    const [head = '', ...rest] = source.split('.');
    const binding = scope.lookup(head)[0];
    const name = binding?.kind === 'import' ? [binding.name, ...rest].join('.') : source;
    if (GRADIENT_FREE.test(name)) t.stopsGradients = true;
    if (!HARMLESS.test(name) || (name === 'property' && !method))
      t.refuse(
        expr,
        `the decorator \`${source}\` may change what the function does`,
        'translate the function without it',
      );
  }
}

function isStatic(decorators: readonly { readonly kind: string }[]): boolean {
  return decorators.some((each) => each.kind === 'name' && 'name' in each && each.name === 'staticmethod');
}

/** A class's forward bears the class's name. */
function hintOf(name: string, owner: string | null): string {
  if (owner === null) return name;
  const base = snakeCase((owner.split('.').at(-1) ?? owner).replace(/#\d+$/, ''));
  return name === 'forward' ? base : `${base}_${name.replace(/^_+/, '')}`;
}

/** Arguments by parameter; or why they do not fit. */
function bind(
  parameters: readonly Parameter[],
  positional: readonly Term[],
  keywords: ReadonlyMap<string, Term>,
): ReadonlyMap<string, Term> | string {
  const bound = new Map<string, Term>();
  for (const [at, term] of positional.entries()) {
    const parameter = parameters[at];
    if (term.code.kind === 'starred') return 'which parameters a starred argument fills is not known';
    if (!parameter || parameter.form === '*' || parameter.form === '**' || parameter.form === 'keyword-only')
      return 'the arguments do not fit the parameters';
    bound.set(parameter.name, term);
  }
  for (const [name, term] of keywords) {
    if (!parameters.some((each) => each.name === name)) return `there is no parameter \`${name}\``;
    bound.set(name, term);
  }
  return bound;
}

/** What a called function knows of its argument: not its value, and that its memory is the caller's. */
function asSeenInside(known: Known): Known {
  switch (known.kind) {
    case 'tensor':
      return { ...known, dtype: null, roots: OUTSIDE };
    case 'number':
    case 'bool':
    case 'text':
      return { ...known, value: null };
    case 'none':
      return { kind: 'optional', of: UNKNOWN };
    case 'optional':
      return { kind: 'optional', of: asSeenInside(known.of) };
    case 'sequence':
      return { ...known, items: known.items?.map(asSeenInside) ?? null, element: asSeenInside(known.element) };
    default:
      return known;
  }
}

/** Whatever the caller passes, it is one dtype all through the function. */
function ofItsOwnDtype(name: string, known: Known): Known {
  if (known.kind === 'optional') return { kind: 'optional', of: ofItsOwnDtype(name, known.of) };
  return known.kind === 'tensor' ? { ...known, dtype: `of ${name}` } : known;
}

/** What a caller knows of a result: it may share memory with anything that the function saw. */
function outside(known: Known): Known {
  const value = present(known);
  if (value.kind !== 'tensor') return known;
  const seen = { ...value, dtype: null, roots: value.roots.length === 0 ? [] : OUTSIDE };
  return known.kind === 'optional' ? { kind: 'optional', of: seen } : seen;
}

function describe(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    each instanceof Map ? [...(each as Map<unknown, unknown>)] : each,
  );
}
