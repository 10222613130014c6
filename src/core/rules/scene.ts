/** One function as rules see it: its statements, its operations and the values of its expressions. */
import type { DefStmt, Expr, Span } from '../lower/ir';
import { canonicalName } from '../link/names';
import { observeFunction } from '../infer/analyzeFunction';
import type { Observed } from '../infer/analyzeFunction';
import type { FileModel } from '../infer/model';
import type { Operation } from '../infer/operations';
import type { Session } from '../infer/session';
import type { FunctionAnalysis } from '../infer/summary';
import { UNKNOWN } from '../infer/values';
import type { TensorValue, Value } from '../infer/values';
import { BodyIndex } from './match/bodyIndex';

/** What the code outside of a function says, in one word, so that it can be asked again of the file's next version. */
export interface Asked {
  readonly question: (file: FileModel) => Answer;
  readonly answer: Answer;
}

type Answer = string | number | boolean | null;

export class FunctionScene {
  readonly def: DefStmt;
  private observed: Observed | null = null;
  private byExpr: ReadonlyMap<Expr, Operation> | null = null;
  private indexed: BodyIndex | null = null;

  constructor(
    readonly session: Session,
    readonly analysis: FunctionAnalysis,
    def: DefStmt,
    /** Whether what is defined here can be written in JAX; translation is a layer of its own. */
    readonly convertible: () => boolean,
    private readonly questions: Asked[] = [],
  ) {
    this.def = def;
  }

  get file(): FileModel {
    return this.session.file;
  }

  get key(): string {
    return this.analysis.key;
  }

  /**
   * Asks the file, beyond the function and what its summary rests on. All that rules learn of other functions goes
   * this way: what they find is kept while a function stays what it is, as long as the answers are the same.
   * @param question holds on to nothing of this version of the file
   */
  ask<T extends Answer>(question: (file: FileModel) => T): T {
    const answer = question(this.file);
    this.questions.push({ question, answer });
    return answer;
  }

  /** Another function of the file; what is asked for its sake is asked for this one's. */
  beside(analysis: FunctionAnalysis, def: DefStmt): FunctionScene {
    return new FunctionScene(this.session, analysis, def, () => false, this.questions);
  }

  get asked(): readonly Asked[] {
    return this.questions;
  }

  /** Where its statements stand and what each does to names. */
  get index(): BodyIndex {
    return (this.indexed ??= new BodyIndex(this.def.body));
  }

  /** The source of a span of this function. */
  source({ start, end }: Span): string {
    const origin = this.file.originOf(this.key);
    return this.file.text.slice(origin + start, origin + end);
  }

  operationOf(expr: Expr): Operation | null {
    this.byExpr ??= new Map(this.analysis.operations.map((each) => [each.expr, each]));
    return this.byExpr.get(expr) ?? null;
  }

  /** What an expression evaluates to. Asking evaluates the function once more. */
  valueOf(expr: Expr): Value {
    this.observed ??= observeFunction(this.session, this.key);
    return this.observed.get(expr) ?? UNKNOWN;
  }

  /** The tensor of torch that an expression certainly is, or null. */
  tensorOf(expr: Expr): TensorValue | null {
    const value = this.valueOf(expr);
    return value.kind === 'tensor' && value.framework === 'torch' ? value : null;
  }

  /** The qualified name of the function or module that an expression names, or null. */
  qualifiedName(expr: Expr): string | null {
    const value = this.valueOf(expr);
    if (value.kind === 'qualified') return value.name;
    // The name behind a dot is not evaluated by itself where it is called.
    const object = expr.kind === 'attribute' ? this.qualifiedName(expr.object) : null;
    return object !== null && expr.kind === 'attribute' ? canonicalName(`${object}.${expr.name}`) : null;
  }
}
