/** What imported names stand for: things of other files where their sources are known, else qualified names. */
import type { Import } from '../../lower/ir';
import { canonicalName, frameworkOf, isKnownByName } from '../../link/names';
import { absoluteModule } from '../../link/place';
import type { Binding, Scope } from '../../link/scope';
import type { FileModel } from '../model';
import { UNKNOWN } from '../values';
import type { InstanceValue, UnknownValue, Value } from '../values';
import type { Evaluator } from './evaluator';
import { moduleName } from './names';

type ImportBinding = Extract<Binding, { kind: 'import' }>;

/** A name bound by an import statement inside a function. */
export function importedValue(ev: Evaluator, each: Import): Value {
  return boundImport(ev, ev.file.scope.importBinding(each));
}

export function boundImport(ev: Evaluator, { module, member, name }: ImportBinding): Value {
  if (isKnownByName(name)) return { kind: 'qualified', name: canonicalName(name) };
  const absolute = absoluteModule(module, ev.file.place);
  if (absolute === null) return { kind: 'qualified', name };
  return member === null ? { kind: 'qualified', name: canonicalName(absolute) } : memberOf(ev, absolute, member);
}

/** `module.member`, which may be a module itself. @param module dotted name without leading dots */
export function memberOf(ev: Evaluator, module: string, member: string): Value {
  const name = canonicalName(`${module}.${member}`);
  const qualified: Value = { kind: 'qualified', name };
  if (isKnownByName(name) || !ev.linking) return qualified;
  const file = ev.session.moduleFile(module, ev.file, member);
  return (file ? exported(ev, file, member) : null) ?? qualified;
}

/** What a file binds a name to; null where it does not. */
function exported(ev: Evaluator, file: FileModel, name: string): Value | null {
  const { scope } = file;
  if (scope.lookup(name).length === 0 && !scope.starred.some((each) => frameworkOf(each) === null)) return null;
  const follow = (): Value => ev.atTopLevel(file, () => moduleName(ev, name));
  const value = ev.session.keep('exports', ev.session.keyIn(file, name), follow, UNKNOWN);
  return value.kind === 'unknown' && !value.path ? null : value;
}

/** An instance of the class that an annotation names, where that can be read. */
export function instanceOfType(ev: Evaluator, { type, path }: UnknownValue): InstanceValue | null {
  const dot = type?.lastIndexOf('.') ?? -1;
  const cls = type === undefined || dot < 0 ? null : memberOf(ev, type.slice(0, dot), type.slice(dot + 1));
  if (cls?.kind !== 'class') return null;
  return { kind: 'instance', key: cls.key, given: new Map(), ...(path ? { path } : {}) };
}

/** A name that a star import may have brought. */
export function starred(ev: Evaluator, scope: Scope, name: string): Value | null {
  for (const module of scope.starred) {
    const absolute = absoluteModule(module, ev.file.place);
    if (absolute === null || frameworkOf(absolute) !== null || name.startsWith('_')) continue;
    const file = ev.session.moduleFile(absolute, ev.file, name);
    const value = file ? exported(ev, file, name) : null;
    if (value) return value;
  }
  return null;
}
