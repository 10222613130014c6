/** Where an attribute of a class gets its value. */
import { walkStatements } from '../lower/walk';
import type { ClassFacts } from '../lower/facts';
import type { Span, Stmt } from '../lower/ir';
import type { FileModel } from '../infer/model';
import type { Stretch } from './places';

/**
 * The statement that gives `Class.attribute` its value, or the constructor's parameter of the same name, which says more.
 * @param id key of a class, a dot, the attribute and what follows it
 */
export function fieldPlace(model: FileModel, id: string): Stretch | null {
  const parts = id.split('.');
  for (let count = parts.length - 1; count > 0; count--) {
    const facts = model.classFacts(parts.slice(0, count).join('.'));
    if (facts) return ofClass(model, facts, parts[count] ?? '');
  }
  return null;
}

function ofClass(model: FileModel, facts: ClassFacts, name: string): Stretch | null {
  const constructor = model.functionFacts(facts.methods.get('__init__') ?? '');
  const parameter = constructor?.def.parameters.find((each) => each.name === name);
  if (parameter) return { model, start: parameter.start, end: parameter.end };
  const atClass = assignment(facts.statement.body, (target) => target.kind === 'name' && target.name === name);
  if (atClass) return { model, ...atClass };
  for (const method of facts.fields.get(name) ?? []) {
    const key = facts.methods.get(method) ?? '';
    const found = assignment(
      model.body(key)?.body ?? [],
      (target) => target.kind === 'attribute' && target.name === name && target.object.kind === 'name',
    );
    const origin = model.originOf(key);
    if (found) return { model, start: found.start + origin, end: found.end + origin };
  }
  return null;
}

type Target = Extract<Stmt, { kind: 'assign' }>['targets'][number];

function assignment(statements: readonly Stmt[], assigns: (target: Target) => boolean): Span | null {
  let found: Span | null = null;
  walkStatements(statements, (each) => {
    if (each.kind === 'assign' && each.targets.some(assigns)) found ??= { start: each.start, end: each.end };
  });
  return found;
}
