/** What a subject is called with: the parameters of its function and of its class's constructor. */
import type { FileAnalysis } from '../analyze';
import type { Parameter } from '../lower/ir';
import type { RaceSubject } from './subject';

export interface Signature {
  readonly inputs: readonly Parameter[];
  /** Key of the constructor of this file; null where there is none. */
  readonly constructor: string | null;
  readonly init: readonly Parameter[];
}

export function signatureOf(analysis: FileAnalysis, subject: RaceSubject): Signature {
  const { file } = analysis.session;
  const facts = file.functionFacts(subject.key);
  const isStatic = facts?.def.decorators.some((each) => each.kind === 'name' && each.name === 'staticmethod') ?? false;
  const parameters = facts?.def.parameters ?? [];
  const inputs = named(facts?.owner !== null && !isStatic ? parameters.slice(1) : parameters);
  const owner = facts?.owner ?? null;
  const constructor = owner === null || isStatic ? null : constructorOf(analysis, owner, 0);
  const def = constructor === null ? null : file.functionFacts(constructor)?.def;
  return { inputs, constructor, init: named(def?.parameters.slice(1) ?? []) };
}

function named(parameters: readonly Parameter[]): readonly Parameter[] {
  return parameters.filter((each) => each.form !== '*' && each.form !== '**');
}

/** `__init__` of a class or of the first of its bases in this file that has one. */
function constructorOf(analysis: FileAnalysis, key: string, depth: number): string | null {
  const { file } = analysis.session;
  const facts = file.classFacts(key);
  if (!facts || depth > 8) return null;
  const own = facts.methods.get('__init__');
  if (own !== undefined) return own;
  for (const base of facts.statement.bases) {
    if (base.value.kind !== 'name') continue;
    const binding = file.scope.lookup(base.value.name).find((each) => each.kind === 'class');
    const inherited = binding ? constructorOf(analysis, binding.key, depth + 1) : null;
    if (inherited !== null) return inherited;
  }
  return null;
}
