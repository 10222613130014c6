/**
 * The abstract interpreter: runs one function over values of which only kinds, shapes and sizes are known,
 * and reports the operations it meets. Expressions are evaluated exactly once on each pass.
 */
import type { DefStmt, Expr, LambdaExpr, Span } from '../../lower/ir';
import { fileOfKey } from '../../link/place';
import { bounded } from '../bounded';
import { Frame } from '../frame';
import { isTopLevel } from '../../link/place';
import type { FileModel } from '../model';
import type { Loop, Operation } from '../operations';
import type { Requirements } from '../requirements';
import type { Session } from '../session';
import type { Rank, RankFact } from '../ranks';
import { openShape } from '../shapes';
import { isPrivate } from '../shapesHandedOn';
import type { CallSite, Construction, HandedOn } from '../summary';
import type { Evaluated, Framework, Site, TensorValue, UnknownValue, Value } from '../values';
import { joinAll, optionsOf, sizeOf, tensor, UNKNOWN } from '../values';
import { ControlFlow, UNCLEAR } from './control';
import { evaluateExpr } from './expressions';
import { agreed } from './gathering';
import type { Gathered } from './gathering';
import { bindInitial } from './parameters';
import { rankOfValue } from './ranks';
import { runBody } from './statements';

export interface EvaluatorOptions {
  readonly session: Session;
  /** Key of the function, or empty for the top level. */
  readonly owner: string;
  readonly qualname: string;
  /** The framework that an operator on values of unknown kind belongs to; null: it is no operation. */
  readonly framework: Framework | null;
  readonly requirements: Requirements;
  readonly report: (operation: Operation) => void;
  readonly reportCall: (call: CallSite) => void;
  readonly reportConstruction: (construction: Construction) => void;
  /** Parameters whose truth is assumed: code that they rule out does not run. */
  readonly flags?: ReadonlySet<string>;
  /** The class whose method this is. */
  readonly ownerClass: string | null;
  /** Is told the value of every expression as it is evaluated for good. */
  readonly observe?: ((expr: Expr, value: Value) => void) | undefined;
}

export class Evaluator {
  readonly session: Session;
  /** The file whose code is being evaluated. */
  file: FileModel;
  /** How far the code that is being evaluated sees in its file: see `Scope.lookup`. */
  reach: number;
  /** Key of the function, or top level, in whose code places are, while that is not the one that is being evaluated. */
  private elsewhere: string | null = null;
  private unlinkedDepth = 0;
  frame: Frame = new Frame();
  qualname: string;
  readonly loops: Loop[] = [];
  readonly control = new ControlFlow();
  readonly returned: Value[] = [];
  /** While a loop's body is evaluated only to see what it changes. */
  silent = 0;
  /** Nested functions and lambdas that are being called. */
  closureDepth = 0;
  private sites = 0;
  /** Values are being tried of which one alone is there when the code runs. */
  private choices = 0;
  readonly rankFacts: RankFact[] = [];
  readonly handed: HandedOn[] = [];
  /** What is reported goes here while it is gathered. */
  private gathering: { operations: Operation[]; calls: CallSite[] } | null = null;

  constructor(readonly options: EvaluatorOptions) {
    this.session = options.session;
    this.file = options.session.fileOf(options.owner);
    this.reach = options.owner === '' ? Infinity : this.file.scope.reach(this.file.originOf(options.owner));
    this.qualname = options.qualname;
  }

  get owner(): string {
    return this.options.owner;
  }

  get reporting(): boolean {
    return this.silent === 0;
  }

  evaluate(expr: Expr): Value {
    if (!this.session.enter()) return UNKNOWN;
    const found = evaluateExpr(this, expr);
    this.session.leave();
    // What a name stands for has been looked at where it was made.
    const value = expr.kind === 'name' ? found : bounded(found);
    if (this.options.observe && this.reporting) this.options.observe(expr, value);
    return value;
  }

  /** Evaluates a nested function or lambda where it is defined: its operations are its own, not its caller's. */
  runNested(def: DefStmt | LambdaExpr, joint = '.<locals>.'): void {
    if (!this.reporting) return;
    const { frame, qualname } = this;
    const loops = this.loops.splice(0);
    const returned = this.returned.splice(0);
    this.frame = new Frame(frame);
    if (def.kind === 'def') this.qualname = qualname + joint + def.name;
    bindInitial(this, def, null, new Map());
    // How often it is called is not known.
    this.control.way({ decision: UNCLEAR, way: 0 }, () => {
      if (def.kind === 'def') runBody(this, def.body);
      else this.evaluate(def.body);
    });
    this.frame = frame;
    this.qualname = qualname;
    this.loops.push(...loops);
    this.returned.splice(0, this.returned.length, ...returned);
  }

  /**
   * Evaluates code of a file's top level: no local variable is in sight and nothing is reported.
   * @param at offset of the code in its file; null where it speaks from where the present code stands
   */
  atTopLevel<T>(file: FileModel, evaluate: () => T, at: number | null = null): T {
    const { frame, elsewhere, file: own, reach } = this;
    if (at !== null) this.reach = file.scope.before(at);
    else if (file !== own) this.reach = Infinity;
    this.frame = frame.empty();
    this.file = file;
    this.elsewhere = this.session.keyIn(file, '');
    this.silent++;
    try {
      return evaluate();
    } finally {
      this.silent--;
      this.elsewhere = elsewhere;
      this.reach = reach;
      this.file = own;
      this.frame = frame;
    }
  }

  /** Whether imported names are followed into their files. */
  get linking(): boolean {
    return this.unlinkedDepth === 0;
  }

  /** Evaluates with imported names left as names. */
  unlinked<T>(evaluate: () => T): T {
    this.unlinkedDepth++;
    try {
      return evaluate();
    } finally {
      this.unlinkedDepth--;
    }
  }

  /** Runs code that stands in another function, or at a top level. */
  inCodeOf(owner: string, run: () => void): void {
    const { elsewhere } = this;
    this.elsewhere = owner;
    run();
    this.elsewhere = elsewhere;
  }

  get codeOwner(): string {
    return this.elsewhere ?? this.owner;
  }

  site(span: Span): Site {
    const owner = this.codeOwner;
    if (isTopLevel(owner)) return this.session.fileOf(owner).siteAt(span, owner);
    return { owner, start: span.start, end: span.end };
  }

  /** Begins the ids of sizes that are named where something is evaluated: another time they may be others. */
  freshSite(span: Span): string {
    return `${this.owner}:@${span.start}#${this.sites++}`;
  }

  report(operation: Omit<Operation, 'owner' | 'function' | 'loops' | 'arms'>): void {
    if (!this.reporting) return;
    this.pass({
      ...operation,
      owner: this.owner,
      function: this.qualname,
      loops: [...this.loops],
      arms: this.control.path,
    });
  }

  reportCall(call: CallSite): void {
    if (!this.reporting) return;
    if (this.gathering) this.gathering.calls.push(call);
    else this.options.reportCall(call);
  }

  reportConstruction(construction: Construction): void {
    if (this.reporting && construction.modules.size > 0) this.options.reportConstruction(construction);
  }

  private pass(operation: Operation): void {
    if (this.gathering) this.gathering.operations.push(operation);
    else this.options.report(operation);
  }

  /** Runs a part and gives what it would have reported. */
  gather<T>(run: () => T): Gathered & { readonly value: T } {
    const { gathering } = this;
    const found = { operations: [], calls: [] };
    this.gathering = found;
    const value = run();
    this.gathering = gathering;
    return { ...found, value };
  }

  /** Runs a part for each value that another may be, of which one alone is there when the code runs. */
  forEach<T>(options: readonly Value[], run: (option: Value) => T): readonly T[] {
    if (options.length < 2 || !this.reporting) return options.map(run);
    this.choices++;
    const found = options.map((each) => ({ option: each, ...this.gather(() => run(each)) }));
    this.choices--;
    // None is called by nobody: where it may stand, the code has asked before.
    const possible = found.filter((each) => each.option.kind !== 'none');
    for (const each of agreed(possible)) this.pass(each);
    const unclear = possible.length > 1 ? [{ decision: UNCLEAR, way: 0 }] : [];
    for (const call of found.flatMap((each) => each.calls))
      this.reportCall({ ...call, arms: [...call.arms, ...unclear] });
    return found.map((each) => each.value);
  }

  readonly size = sizeOf;

  /** A value as a tensor: one of unknown kind is taken for a tensor of unknown shape and refined to it. */
  see = (argument: Evaluated, framework: Framework): TensorValue => {
    const { value } = argument;
    const options = optionsOf(value);
    const known = options.filter((each) => each.kind === 'tensor');
    const [first] = known;
    if (first) {
      this.options.requirements.seen(first);
      // What else it may be has a shape of its own.
      if (options.some((each) => each.kind === 'unknown')) return tensor(first.framework);
      const all = joinAll(known);
      return all.kind === 'tensor' ? all : first;
    }
    if (value.kind !== 'unknown') return tensor(framework);
    const seen = this.asTensor(value, framework);
    this.options.requirements.seen(value);
    if (value.parameter !== undefined) this.frame.refine(value, seen);
    return seen;
  };

  /** Gives a tensor of unknown shape the shape that its use shows it to have. */
  learnShape(value: Value, shape: TensorValue['shape'], span: Span): void {
    this.options.requirements.needs(value, shape, this.site(span));
    if (!shape.open) this.noteRank(rankOfValue(this, value), shape.dims.length);
    const held = value.kind === 'unknown' && value.parameter !== undefined ? this.frame.get(value.parameter) : null;
    // It has been seen as a tensor already.
    if (held?.kind === 'tensor' && held.parameter !== undefined) this.frame.refine(held, { ...held, shape });
    else if (value.kind === 'tensor') this.frame.refine(value, { ...value, shape });
    // Arrays of any library have a shape: where the code speaks of none, this is none of the known ones.
    else if (value.kind === 'unknown' && this.options.framework !== null)
      this.frame.refine(value, { ...this.asTensor(value, this.options.framework), shape });
  }

  /** Something of this file, or what may be it, is called. */
  handOn(key: string, bound: ReadonlyMap<string, Value>): void {
    if (this.reporting && fileOfKey(key) === null && isPrivate(this.session.file, key))
      this.handed.push({ key, arguments: bound });
  }

  /** Code shows how many dimensions a value has. */
  noteRank(rank: Rank | undefined, is: number): void {
    if (!rank?.base || !this.reporting || this.choices > 0) return;
    this.rankFacts.push({ rank, is, arms: this.control.path, loops: [...this.loops] });
  }

  asTensor(value: UnknownValue | TensorValue, framework: Framework): TensorValue {
    if (value.kind === 'tensor') return value;
    return {
      kind: 'tensor',
      framework,
      shape: openShape(rankOfValue(this, value)),
      dtype: null,
      ...(value.parameter === undefined ? {} : { parameter: value.parameter }),
      ...(value.like === undefined ? {} : { like: value.like }),
    };
  }
}
