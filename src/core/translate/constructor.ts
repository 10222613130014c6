/**
 * What a class's constructor makes of its attributes. Names stand for what they were given, so that every
 * attribute is an expression of the constructor's arguments; tests are decided by the arguments' values.
 */
import type { CallExpr, Expr, Stmt } from '../lower/ir';
import { present, sequenceKnown } from './known';
import type { ModuleKnown, Term } from './known';
import { itemsOf, joinedLists, truthOf } from './constructorValues';
import { integer, NONE } from './python';
import type { Program } from './program';
import { Translator } from './translator';

/** A longer loop in a constructor is not followed. */
const MAX_ROUNDS = 256;

export class Constructor {
  readonly attributes = new Map<string, Term>();
  private returnedTerm: Term | null = null;

  constructor(
    private readonly program: Program,
    private readonly self: ModuleKnown | null,
  ) {}

  /** Runs a function with these arguments; gives what it returns. */
  run(key: string, args: ReadonlyMap<string, Term>): Term {
    const { file } = this.program;
    const facts = file.functionFacts(key);
    const def = file.body(key);
    if (!facts || !def) return this.unknown('its code cannot be read');
    const t = new Translator(
      this.program,
      { key, origin: facts.def.start, owner: facts.owner },
      this.self,
      'constructor',
    );
    def.parameters.forEach((each, at) => {
      let term = args.get(each.name);
      if (this.self && at === 0) term = { code: { kind: 'name', name: each.name }, known: this.self };
      else if (!term && each.default) term = this.attempt(t, () => t.expr(each.default!));
      else if (!term && (each.form === '*' || each.form === '**'))
        term =
          each.form === '*'
            ? { code: { kind: 'tuple', items: [] }, known: sequenceKnown('tuple', []) }
            : {
                code: { kind: 'dict', entries: [] },
                known: { kind: 'dict', entries: new Map(), element: { kind: 'unknown' } },
              };
      term ??= this.unknown(`the argument \`${each.name}\` is missing`);
      t.variables.set(each.name, { ...term, shared: false });
    });
    this.block(t, def.body);
    return this.returnedTerm ?? { code: NONE, known: { kind: 'none' } };
  }

  private unknown(reason: string): Term {
    return { code: NONE, known: { kind: 'refused', reason } };
  }

  /** What cannot be translated here is refused only where it is used. */
  private attempt(t: Translator, translate: () => Term): Term {
    let term: Term | null = null;
    const refusals = t.tentatively(() => {
      term = translate();
    });
    const first = refusals.first();
    if (first) return this.unknown(first.reason);
    return term ?? this.unknown('it cannot be read');
  }

  private block(t: Translator, statements: readonly Stmt[]): void {
    for (const statement of statements) {
      if (this.returnedTerm) return;
      this.statement(t, statement);
    }
  }

  private statement(t: Translator, statement: Stmt): void {
    switch (statement.kind) {
      case 'assign': {
        if (!statement.value) return;
        const { value } = statement;
        const term = this.attempt(t, () => t.expr(value));
        for (const target of statement.targets) this.assign(t, target, term);
        return;
      }
      case 'augment':
        this.augment(t, statement);
        return;
      case 'expr':
        if (statement.value.kind === 'call') this.call(t, statement.value);
        return;
      case 'return': {
        const { value } = statement;
        this.returnedTerm = value ? this.attempt(t, () => t.expr(value)) : { code: NONE, known: { kind: 'none' } };
        return;
      }
      case 'if': {
        const test = this.attempt(t, () => t.expr(statement.test));
        const decided = truthOf(test.known);
        if (decided === null) {
          this.spoil(t, statement, 'it depends on a condition whose value is not known');
          return;
        }
        this.program.assumeTest(test);
        this.block(t, decided ? statement.body : statement.orelse);
        return;
      }
      case 'for':
        this.loop(t, statement);
        return;
      case 'import':
        for (const each of statement.imports)
          t.variables.set(each.bound, {
            known: { kind: 'qualified', name: each.name === null ? each.module : `${each.module}.${each.name}` },
            code: NONE,
            shared: false,
          });
        return;
      case 'with':
        this.block(t, statement.body);
        return;
      case 'while':
      case 'try':
      case 'match':
        this.spoil(t, statement, 'the constructor sets it in a way that is not translated');
        return;
      default:
    }
  }

  private assign(t: Translator, target: Expr, term: Term): void {
    switch (target.kind) {
      case 'name':
        t.variables.set(target.name, { ...term, shared: false });
        return;
      case 'tuple':
      case 'list':
        target.items.forEach((each, at) => {
          const items = term.code.kind === 'tuple' || term.code.kind === 'list' ? term.code.items : null;
          const known = present(term.known);
          const item =
            known.kind === 'sequence' ? (known.items?.[at] ?? known.element) : ({ kind: 'unknown' } as const);
          const code = items?.[at] ?? { kind: 'subscript' as const, object: term.code, index: [integer(at)] };
          this.assign(t, each, { code, known: item });
        });
        return;
      case 'attribute':
        if (this.isSelf(t, target.object)) this.attributes.set(target.name, term);
        else this.tie(t, target);
        return;
      default:
    }
  }

  /** An attribute of a child is set: what the child is, is then not known any more. */
  private tie(t: Translator, target: Expr & { kind: 'attribute' }): void {
    let object: Expr = target;
    while (object.kind === 'attribute' || object.kind === 'subscript') {
      const inner: Expr = object.object;
      if (object.kind === 'attribute' && this.isSelf(t, inner)) {
        // Starting values do not matter: the state tells the weights.
        if (target.name !== 'data')
          this.attributes.set(object.name, this.unknown(`the constructor sets its \`${target.name}\``));
        return;
      }
      object = inner;
    }
  }

  private augment(t: Translator, statement: Stmt & { kind: 'augment' }): void {
    const { target, value, operator, start, end } = statement;
    const own = target.kind === 'attribute' && this.isSelf(t, target.object) ? target.name : null;
    const before =
      own !== null ? this.attributes.get(own) : target.kind === 'name' ? t.variables.get(target.name) : null;
    if (!before) return;
    const grows = ['sequence', 'module'].includes(present(before.known).kind) && operator === '+';
    const term = grows
      ? joinedLists(
          before,
          this.attempt(t, () => t.expr(value)),
        )
      : this.attempt(t, () => t.expr({ kind: 'binary', operator, left: target, right: value, start, end }));
    if (own !== null) this.attributes.set(own, term);
    else if (target.kind === 'name') t.variables.set(target.name, { ...term, shared: false });
  }

  private isSelf(t: Translator, expr: Expr): boolean {
    return this.self !== null && expr.kind === 'name' && t.variables.get(expr.name)?.known === this.self;
  }

  private call(t: Translator, expr: CallExpr): void {
    const { callee } = expr;
    if (callee.kind !== 'attribute') return;
    const { object, name } = callee;
    if (name === '__init__') {
      this.superInit(t, expr);
      return;
    }
    if (this.isSelf(t, object)) {
      if (name === 'register_buffer' || name === 'register_parameter' || name === 'add_module')
        this.register(t, expr, name);
      else {
        const key = t.place.owner === null ? null : this.program.method(t.place.owner, name);
        if (key !== null && !/init|reset/.test(name)) this.runMethod(t, key, expr);
      }
      return;
    }
    if (name === 'append' || name === 'extend' || name === 'insert') this.append(t, object, expr, name);
    // nn.init functions and the like set starting values, which the state replaces.
  }

  private runMethod(t: Translator, key: string, expr: CallExpr): void {
    const parameters = this.program.file.functionFacts(key)?.def.parameters.slice(1) ?? [];
    const inner = new Constructor(this.program, this.self);
    for (const [name, term] of this.attributes) inner.attributes.set(name, term);
    inner.run(
      key,
      this.bindArguments(
        t,
        expr,
        parameters.map((each) => each.name),
      ),
    );
    for (const [name, term] of inner.attributes) this.attributes.set(name, term);
  }

  private bindArguments(t: Translator, expr: CallExpr, names: readonly string[]): ReadonlyMap<string, Term> {
    const bound = new Map<string, Term>();
    expr.args.forEach(({ name, value }, at) => {
      const key = name ?? names[at];
      if (key !== undefined && key !== '*' && key !== '**')
        bound.set(
          key,
          this.attempt(t, () => t.expr(value)),
        );
    });
    return bound;
  }

  private superInit(t: Translator, expr: CallExpr): void {
    const { owner } = t.place;
    const key = owner === null ? null : this.program.method(owner, '__init__', true);
    if (key !== null) this.runMethod(t, key, expr);
  }

  private register(t: Translator, expr: CallExpr, how: string): void {
    const args = this.bindArguments(t, expr, [
      'name',
      how === 'add_module' ? 'module' : how === 'register_buffer' ? 'tensor' : 'param',
      'persistent',
    ]);
    const name = args.get('name')?.known;
    if (name?.kind !== 'text' || name.value === null) return;
    const value = args.get('tensor') ?? args.get('param') ?? args.get('module') ?? null;
    if (!value || how === 'add_module' || value.known.kind === 'weight' || value.known.kind === 'none') {
      this.attributes.set(name.value, value ?? { code: NONE, known: { kind: 'none' } });
      return;
    }
    const persistent = args.get('persistent')?.known;
    const known = present(value.known);
    const tensor = known.kind === 'tensor' ? known : null;
    this.attributes.set(name.value, {
      code: NONE,
      known: {
        kind: 'weight',
        trained: false,
        stored: !(persistent?.kind === 'bool' && persistent.value === false),
        elements: tensor?.elements ?? null,
        rank: tensor?.rank ?? null,
        value,
      },
    });
  }

  /** `layers.append(module)`, on a local list or a container that is an attribute. */
  private append(t: Translator, object: Expr, expr: CallExpr, how: string): void {
    const [argument] = expr.args;
    const item =
      argument && expr.args.length === 1 && how !== 'insert' ? this.attempt(t, () => t.expr(argument.value)) : null;
    const own = object.kind === 'attribute' && this.isSelf(t, object.object) ? object.name : null;
    const before =
      own !== null ? this.attributes.get(own) : object.kind === 'name' ? t.variables.get(object.name) : null;
    if (!before) return;
    const added =
      item &&
      (how === 'extend'
        ? item
        : { code: { kind: 'list' as const, items: [item.code] }, known: sequenceKnown('list', [item.known]) });
    const after = added
      ? joinedLists(before, added)
      : this.unknown('the constructor fills it in a way that is not translated');
    if (own !== null) this.attributes.set(own, after);
    else if (object.kind === 'name') t.variables.set(object.name, { ...after, shared: false });
  }

  private loop(t: Translator, statement: Stmt & { kind: 'for' }): void {
    const iterable = this.attempt(t, () => t.expr(statement.iterable));
    const rounds = this.roundsOf(t, statement.iterable, iterable);
    if (!rounds || rounds.length > MAX_ROUNDS) {
      this.spoil(t, statement, 'the constructor sets it in a loop whose rounds are not known');
      return;
    }
    for (const each of rounds) {
      this.assign(t, statement.target, each);
      this.block(t, statement.body);
    }
  }

  /** What a loop in a constructor goes through, one by one; null where that is not known. */
  private roundsOf(t: Translator, expr: Expr, term: Term): readonly Term[] | null {
    if (term.known.kind === 'refused') return null;
    if (expr.kind === 'call' && expr.callee.kind === 'name') {
      const args = expr.args.map((each) => this.attempt(t, () => t.expr(each.value)));
      const [first] = args;
      if (expr.callee.name === 'range') {
        const bounds = args.map((each) => (each.known.kind === 'number' ? each.known.value : null));
        if (bounds.some((each) => each === null)) return null;
        for (const each of args) this.program.assumeTest(each);
        const [a = 0, b, step = 1] = bounds as number[];
        const [from, to] = b === undefined ? [0, a] : [a, b];
        const found: Term[] = [];
        for (let at = from; step > 0 ? at < to : at > to; at += step) {
          found.push({ code: integer(at), known: { kind: 'number', value: at } });
          if (found.length > MAX_ROUNDS || step === 0) return null;
        }
        return found;
      }
      if (expr.callee.name === 'enumerate' && first && args.length === 1) {
        const inner = itemsOf(first);
        return (
          inner?.map((each, at) => ({
            code: { kind: 'tuple', items: [integer(at), each.code] },
            known: sequenceKnown('tuple', [{ kind: 'number', value: at }, each.known]),
          })) ?? null
        );
      }
      if (expr.callee.name === 'zip') {
        const all = args.map(itemsOf);
        if (all.some((each) => each === null)) return null;
        const length = Math.min(...all.map((each) => each?.length ?? 0));
        return Array.from({ length }, (_, at) => {
          const items = all.flatMap((each) => each?.slice(at, at + 1) ?? []);
          return {
            code: { kind: 'tuple', items: items.map((each) => each.code) },
            known: sequenceKnown(
              'tuple',
              items.map((each) => each.known),
            ),
          };
        });
      }
    }
    return itemsOf(term);
  }

  /** What a statement that cannot be followed may have set is not known. */
  private spoil(t: Translator, statement: Stmt, reason: string): void {
    const source = t.source(statement);
    for (const match of source.matchAll(/\bself\s*\.\s*(\w+)(?:\s*[,:][^=\n]*)?\s*=(?!=)/g)) {
      const name = match[1];
      if (name !== undefined) this.attributes.set(name, this.unknown(reason));
    }
    for (const match of source.matchAll(/(?<![.\w])([a-zA-Z_]\w*)\s*(?:=(?!=)|\+=|\.(?:append|extend|insert)\()/g)) {
      const name = match[1];
      if (name !== undefined && t.variables.has(name))
        t.variables.set(name, { ...this.unknown(reason), shared: false });
    }
    for (const match of source.matchAll(/\bself\s*\.\s*(\w+)\s*\.(?:append|extend|insert)\(/g)) {
      const name = match[1];
      if (name !== undefined) this.attributes.set(name, this.unknown(reason));
    }
  }
}
