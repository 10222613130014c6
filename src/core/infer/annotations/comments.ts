/**
 * What the `# shape:` comments of a file say, and of which values:
 *
 *     # shape: x=f32[64, 1024], mask=bool[64, 64]     above a function or in its header: of its parameters
 *     def f(
 *         x,  # shape: (B, T, C)                      behind a parameter: of that one
 *     ):
 *         h = g(x)  # shape: (B, T, 64)               behind an assignment, or alone above it: of the value
 *         q, k = h(x)  # shape: q=(B, T), k=(B, 64)   of several values, each by its name
 */
import { topLevelOf } from '../../link/place';
import type { Directive, FunctionFacts } from '../../lower/facts';
import type { AssignStmt, Span } from '../../lower/ir';
import { walkStatements } from '../../lower/walk';
import { constantAt, symbol } from '../dims';
import type { Dim } from '../dims';
import type { FileModel } from '../model';
import { tensor } from '../values';
import type { Site, TensorValue } from '../values';
import { namesSomething, parseWritten } from '../written';
import type { WrittenInput } from '../written';
import { parseBare } from './shapeText';
import type { WrittenShape } from './shapeText';

/** A comment that cannot be read, or that speaks of something that is not there. */
export interface CommentProblem extends Span {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
  /** Whether it stands where inputs are spoken of. */
  readonly about: 'inputs' | 'value';
}

/** The shape of an assigned value. */
export interface ValueComment {
  /** The variable; null for the one value that is assigned. */
  readonly name: string | null;
  readonly shape: WrittenShape;
  readonly assignment: AssignStmt;
  readonly comment: Directive;
}

export type ParameterComment = WrittenInput & {
  readonly comment: Directive;
  /** It gives a shape without a name: it may speak of something that only has a shape, as a tensor does. */
  readonly unnamed: boolean;
};

export interface Comments {
  /** By name. */
  readonly parameters: ReadonlyMap<string, ParameterComment>;
  /** By where the assignment starts, counted as in the function's body. */
  readonly values: ReadonlyMap<number, readonly ValueComment[]>;
  readonly problems: readonly CommentProblem[];
  /** In the order of the text. */
  readonly all: readonly Directive[];
}

/** @param key of a function; empty for the top level. @returns null where nothing is said, as in most files */
export function commentsOf(file: FileModel, key: string): Comments | null {
  if (file.facts.directives.length === 0) return null;
  const all = file.once('shape comments', () => readAll(file));
  return all.get(key) ?? null;
}

/** What comments say of a function's parameters. Comments that cannot be read say nothing. */
export function writtenShapes(file: FileModel, { key }: FunctionFacts): ReadonlyMap<string, ParameterComment> {
  return commentsOf(file, key)?.parameters ?? new Map();
}

/** Comments about a function's inputs that cannot be read, or that name none of its parameters. */
export function unreadableComments(file: FileModel, { key }: FunctionFacts): readonly CommentProblem[] {
  return commentsOf(file, key)?.problems.filter((each) => each.about === 'inputs') ?? [];
}

/** Every comment of the file that cannot be read, in the order of the text. */
export function commentProblems(file: FileModel): readonly CommentProblem[] {
  if (file.facts.directives.length === 0) return [];
  const all = file.once('shape comments', () => readAll(file));
  return [...all.values()].flatMap((each) => each.problems).sort((a, b) => a.start - b.start);
}

/** The place of a comment of a function. */
export function commentSite(file: FileModel, comment: Directive, key: string): Site {
  return file.siteAt(comment, topLevelOf(key));
}

/** A name in a comment that is no variable's: a size of the function's own. */
export function commentSymbol(owner: string, name: string): Dim {
  return symbol(`${owner}:#${name}`, name);
}

/** A written shape as a value. @param sizeOf gives the size that a name in it is */
export function writtenTensor(
  { dtype, open, sizes }: WrittenShape,
  sizeOf: (name: string) => Dim,
  ...sites: readonly Site[]
): TensorValue {
  const dims = sizes.map((each) =>
    typeof each === 'number' ? constantAt(each, ...sites) : each === null ? null : sizeOf(each),
  );
  return tensor('torch', { open, dims }, dtype);
}

function readAll(file: FileModel): ReadonlyMap<string, Comments> {
  const byFunction = new Map<FunctionFacts | null, Directive[]>();
  for (const each of file.facts.directives) {
    if (each.kind !== 'shape') continue;
    const facts = functionOf(file, each);
    byFunction.set(facts, [...(byFunction.get(facts) ?? []), each]);
  }
  return new Map(
    [...byFunction].map(([facts, directives]) => [facts?.key ?? '', new Reader(file, facts).read(directives)]),
  );
}

/** The function in which a comment stands, or which follows it with no code between; null: none. */
function functionOf(file: FileModel, comment: Directive): FunctionFacts | null {
  const { functions } = file.facts;
  const around = functions.findLast(
    ({ def }) =>
      def.start <= comment.start && (comment.start < def.end || isBlank(file.text.slice(def.end, comment.start))),
  );
  if (around || !comment.ownLine) return around ?? null;
  const next = functions.find(({ def }) => def.start >= comment.end);
  return next && isCommentary(file.text.slice(comment.end, next.def.start)) ? next : null;
}

/** Reads the comments of one function, or of the top level. */
class Reader {
  private readonly parameters = new Map<string, ParameterComment>();
  private readonly values = new Map<number, ValueComment[]>();
  private readonly problems: CommentProblem[] = [];
  private readonly origin: number;
  private readonly assignments: readonly AssignStmt[];
  /** Where the header ends, and what stands before speaks of parameters. */
  private readonly headerEnd: number;

  constructor(
    private readonly file: FileModel,
    private readonly facts: FunctionFacts | null,
  ) {
    const statements = facts ? (file.body(facts.key)?.body ?? []) : file.facts.module;
    this.origin = facts?.def.start ?? 0;
    const assignments: AssignStmt[] = [];
    walkStatements(statements, (each) => {
      if (each.kind === 'assign') assignments.push(each);
    });
    this.assignments = assignments;
    const first = statements.find((each) => each.kind !== 'expr' || each.value.kind !== 'string');
    this.headerEnd = facts ? (first ? first.start + this.origin : facts.def.end) : 0;
  }

  read(comments: readonly Directive[]): Comments {
    for (const each of comments) this.readOne(each);
    const { parameters, values, problems } = this;
    return { parameters, values, problems, all: comments };
  }

  private readOne(comment: Directive): void {
    const inHeader = comment.end <= this.headerEnd;
    const about = inHeader ? 'inputs' : 'value';
    const parameter = inHeader ? this.parameterBefore(comment) : null;
    const bare = namesSomething(comment.text) ? null : parseBare(comment.text);
    if (bare && 'kind' in bare) this.problem(comment, 'value', bare.message);
    else if (bare && parameter !== null) {
      this.parameters.set(parameter, { kind: 'tensor', name: parameter, ...bare, comment, unnamed: true });
    } else if (bare) this.ofValue(comment, [{ name: null, shape: bare }]);
    else this.named(comment, about);
  }

  /** `name=shape, ...`; anything else is prose. */
  private named(comment: Directive, about: CommentProblem['about']): void {
    if (!namesSomething(comment.text)) return;
    const inputs = parseWritten(comment.text);
    if ('kind' in inputs) this.problem(comment, about, inputs.message);
    else if (about === 'value') {
      const tensors = inputs.filter((each) => each.kind === 'tensor');
      this.ofValue(
        comment,
        tensors.map((each) => ({ name: each.name, shape: each })),
      );
    } else {
      const known = new Set(this.facts?.def.parameters.map((each) => each.name));
      const stranger = inputs.find((each) => !known.has(each.name));
      if (stranger) this.problem(comment, about, `there is no parameter ${stranger.name}`);
      for (const each of inputs) this.parameters.set(each.name, { ...each, comment, unnamed: false });
    }
  }

  private ofValue(comment: Directive, said: readonly Pick<ValueComment, 'name' | 'shape'>[]): void {
    const assignment = this.assignmentAt(comment);
    // The shape of what is returned, or of an argument: right, and of no use.
    if (!assignment) return;
    const names = assignment.targets.flatMap(namesIn);
    const stranger = said.find((each) => each.name !== null && !names.includes(each.name));
    if (stranger) this.problem(comment, 'value', `${stranger.name ?? ''} gets no value here`);
    else if (said.some((each) => each.name === null) && names.length > 1) {
      this.problem(comment, 'value', `say whose shape it is: ${names[0] ?? 'x'}=(…), ${names[1] ?? 'y'}=(…)`);
    } else {
      const known = this.values.get(assignment.start) ?? [];
      this.values.set(assignment.start, [...known, ...said.map((each) => ({ ...each, assignment, comment }))]);
    }
  }

  /** The assignment that a comment stands behind, or alone above. */
  private assignmentAt(comment: Directive): AssignStmt | null {
    const { text } = this.file;
    const found = comment.ownLine
      ? this.assignments.find(
          (each) =>
            each.start + this.origin >= comment.end && isCommentary(text.slice(comment.end, each.start + this.origin)),
        )
      : this.assignments.find(
          (each) =>
            each.end + this.origin <= comment.start && isBlank(text.slice(each.end + this.origin, comment.start)),
        );
    return found ?? null;
  }

  /** The parameter that a comment stands behind on its line. */
  private parameterBefore(comment: Directive): string | null {
    if (comment.ownLine) return null;
    const before = this.facts?.def.parameters.findLast((each) => each.end <= comment.start);
    return before && isBlank(this.file.text.slice(before.end, comment.start).replace(',', '')) ? before.name : null;
  }

  private problem({ start, end }: Directive, about: CommentProblem['about'], message: string): void {
    this.problems.push({ start, end, line: this.file.lines.position(start).line + 1, message, about });
  }
}

function namesIn(target: AssignStmt['targets'][number]): readonly string[] {
  if (target.kind === 'tuple' || target.kind === 'list') return target.items.flatMap(namesIn);
  return target.kind === 'name' || target.kind === 'attribute' ? [target.name] : [];
}

/** White space of one line. */
function isBlank(text: string): boolean {
  return /^[^\S\r\n]*;?[^\S\r\n]*$/.test(text);
}

/** White space and comments. */
function isCommentary(text: string): boolean {
  return /^(?:\s|#[^\r\n]*)*$/.test(text);
}
