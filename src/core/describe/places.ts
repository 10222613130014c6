/** The places in the source that say a size: from a number's own site, or from the id of a symbol. */
import { fileOfKey } from '../link/place';
import { blocksOf } from '../lower/facts';
import type { FunctionFacts } from '../lower/facts';
import type { CallExpr, Parameter, Span, Stmt } from '../lower/ir';
import { expressionsOf, walkExpr, walkStatements } from '../lower/walk';
import { commentsOf } from '../infer/annotations/comments';
import type { Symbol } from '../infer/dims';
import type { FileModel } from '../infer/model';
import type { Session } from '../infer/session';
import type { Site } from '../infer/values';
import { fieldPlace } from './fields';

export interface SourcePlace {
  /** Id of another file; null for the one that is analysed. */
  readonly file: string | null;
  /** Counted from 1. */
  readonly line: number;
  /** What stands there: a call, a statement, a parameter or a comment. */
  readonly text: string;
}

/** Code of a file, with offsets from the file's beginning. */
export interface Stretch extends Span {
  readonly model: FileModel;
}

export class Places {
  constructor(private readonly session: Session) {}

  /** @returns null where the site's file is no longer known */
  ofSite(site: Site): SourcePlace | null {
    const model = this.modelOf(site.owner);
    if (!model) return null;
    const origin = model.originOf(site.owner);
    return this.around(model, { start: origin + site.start, end: origin + site.end });
  }

  /** What tells of a stretch of code: the comment that it is, or what it is part of. */
  private around(model: FileModel, span: Span): SourcePlace | null {
    if (model.text[span.start] === '#') return this.place({ model, ...span });
    const telling = tellingStretch(model, span);
    return telling && this.place(telling);
  }

  /** @returns null where its name says it all, as that of `x.shape[0]` does, or where nothing says it */
  ofSymbol({ id, sources }: Symbol): SourcePlace | null {
    const [byDefault] = sources ?? [];
    if (byDefault) return this.ofSite(byDefault);
    const model = this.modelOf(id);
    if (!model) return null;
    const colon = id.indexOf(':', id.lastIndexOf('|') + 1);
    if (colon < 0) {
      const field = fieldPlace(model, id);
      return field && this.place(field);
    }
    const found = this.named(model, id.slice(0, colon), id.slice(colon + 1));
    return found && this.place(found);
  }

  place({ model, start, end }: Stretch): SourcePlace {
    return {
      file: model === this.session.file ? null : (model.place?.id ?? null),
      line: model.lines.position(start).line + 1,
      text: model.text.slice(start, end),
    };
  }

  /** @param name what follows the key of the function in a symbol's id */
  private named(model: FileModel, owner: string, name: string): Stretch | null {
    const at = /^\w+@(\d+)/.exec(name)?.[1];
    if (at !== undefined) {
      const start = Number(at) + model.originOf(owner);
      return tellingStretch(model, { start, end: start + 1 });
    }
    const facts = model.functionFacts(owner);
    const written = /^([~#])(\w+)$/.exec(name);
    if (written)
      return facts && shapeText(model, facts, written[1] === '#' ? 'comment' : 'annotation', written[2] ?? '');
    if (/[[\]]/.test(name)) return null;
    const head = name.split('.', 1)[0] ?? name;
    if (facts) return parameterNamed(model, facts, head);
    const value = model.scope.lookup(head).find((each) => each.kind === 'value')?.value;
    return value ? tellingStretch(model, value) : null;
  }

  private modelOf(key: string): FileModel | null {
    return fileOfKey(key) === null ? this.session.file : (this.session.others?.modelOfKey(key) ?? null);
  }
}

/** The call, statement or parameter that a stretch of a file is part of. */
function tellingStretch(model: FileModel, span: Span): Stretch | null {
  const facts = model.facts.functions.find(({ def }) => def.start <= span.start && def.end > span.start);
  const origin = facts?.def.start ?? 0;
  const body = facts && model.body(facts.key);
  const inside = { start: span.start - origin, end: span.end - origin };
  const found = tellingSpan(body ? [body] : model.facts.module, inside);
  return found && { model, start: found.start + origin, end: found.end + origin };
}

/** A parameter of a function, or of one inside it. */
function parameterNamed(model: FileModel, { key, def }: FunctionFacts, name: string): Stretch | null {
  const own = def.parameters.find((each) => each.name === name);
  if (own) return { model, start: own.start, end: own.end };
  let nested: Parameter | undefined;
  walkStatements(model.body(key)?.body ?? [], (each) => {
    if (each.kind === 'def') nested ??= each.parameters.find((parameter) => parameter.name === name);
  });
  return nested ? { model, start: nested.start + def.start, end: nested.end + def.start } : null;
}

/** The first annotation, or `# shape:` comment, of a function that names a size. */
function shapeText(
  model: FileModel,
  facts: FunctionFacts,
  form: 'annotation' | 'comment',
  name: string,
): Stretch | null {
  const word = new RegExp(`\\b${name}\\b`);
  const names = (span: Span, origin = 0): boolean =>
    word.test(model.text.slice(span.start + origin, span.end + origin));
  if (form === 'comment') {
    const comment = commentsOf(model, facts.key)?.all.find((each) => names(each));
    return comment ? { model, start: comment.start, end: comment.end } : null;
  }
  const { start: origin } = facts.def;
  const body = model.body(facts.key);
  const found: Span[] = body?.parameters.filter((each) => each.annotation && names(each.annotation, origin)) ?? [];
  walkStatements(body?.body ?? [], (each) => {
    if (each.kind === 'assign' && each.annotation && names(each.annotation, origin)) found.push(each);
  });
  const [first] = found;
  return first ? { model, start: first.start + origin, end: first.end + origin } : null;
}

/** Calls that give a size as it is: what is around them says more. */
const CONVERSIONS = new Set(['int', 'float', 'max', 'min', 'round', 'abs', 'field', 'Field']);

/** The innermost call around a place, or the statement or parameter that it is part of. */
export function tellingSpan(statements: readonly Stmt[], span: Span): Span | null {
  const statement = innermost(statements, span);
  if (!statement) return null;
  let call: CallExpr | null = null;
  const expressions = expressionsOf(statement);
  for (const each of expressions) {
    walkExpr(each, (inner) => {
      if (inner.kind !== 'call' || !holds(inner, span)) return;
      if (inner.callee.kind !== 'name' || !CONVERSIONS.has(inner.callee.name)) call = inner;
    });
  }
  if (call) return call;
  if (statement.kind === 'def') return statement.parameters.find((each) => holds(each, span)) ?? null;
  // Of a statement with a block, its head.
  const end = blocksOf(statement).length > 0 ? Math.max(...expressions.map((each) => each.end)) : statement.end;
  return { start: statement.start, end };
}

function innermost(statements: readonly Stmt[], span: Span): Stmt | null {
  const around = statements.find((each) => holds(each, span));
  if (!around) return null;
  const blocks = around.kind === 'def' || around.kind === 'class' ? [around.body] : blocksOf(around);
  for (const block of blocks) {
    const inner = innermost(block, span);
    if (inner) return inner;
  }
  return around;
}

function holds(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && outer.end >= inner.end;
}
