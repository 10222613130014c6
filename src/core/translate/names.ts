/** What names stand for: variables of the function, of those around it, of the file, and Python's own. */
import type { NameExpr } from '../lower/ir';
import { canonicalName } from '../link/names';
import type { Term } from './known';
import { name as nameOf } from './python';
import { translateConstant } from './constants';
import type { Translator } from './translator';

/** Builtins that mean the same in the written program. */
const BUILTINS = new Set([
  'abs', 'all', 'any', 'bool', 'dict', 'divmod', 'enumerate', 'float', 'int', 'isinstance', 'len', 'list', 'map', 'max', 'min', 'pow', 'print', 'range',
  'reversed', 'round', 'slice', 'sorted', 'str', 'sum', 'super', 'tuple', 'type', 'zip', 'getattr', 'hasattr', 'setattr', 'callable',
  'ValueError', 'RuntimeError', 'TypeError', 'NotImplementedError', 'AssertionError', 'KeyError', 'IndexError', 'Exception',
]); // prettier-ignore

export function translateName(t: Translator, expr: NameExpr): Term {
  const { name } = expr;
  const variable = t.variables.get(name);
  if (variable) {
    const { known, code } = variable;
    // A variable's own name is the root that a view of it goes back to.
    if (known.kind === 'tensor' && t.mode === 'body' && code.kind === 'name')
      return { code, known: { ...known, roots: [...new Set([...known.roots, name])] } };
    return { code, known };
  }
  const { scope } = t.program.file;
  const bindings = scope.lookup(name);
  const [binding, second] = bindings;
  if (second) return t.refuse(expr, `\`${name}\` is defined more than once at the top level of the file`);
  if (binding) {
    switch (binding.kind) {
      case 'import':
        return { code: nameOf(name), known: { kind: 'qualified', name: binding.name } };
      case 'function':
        return { code: nameOf(name), known: { kind: 'function', key: binding.key, self: null } };
      case 'class':
        return { code: nameOf(name), known: { kind: 'class', key: binding.key } };
      case 'value':
        return translateConstant(t, name, binding.value, expr);
    }
  }
  if (BUILTINS.has(name)) return { code: nameOf(name), known: { kind: 'qualified', name: `builtins.${name}` } };
  const [module] = scope.starred;
  if (module !== undefined && scope.starred.length === 1)
    return { code: nameOf(name), known: { kind: 'qualified', name: canonicalName(`${module}.${name}`) } };
  return t.refuse(expr, `\`${name}\` is not defined in this file`);
}
