/**
 * What a torch module is made of, to be compared with what the program was written for. It is of interest where
 * an argument of the constructor decided the structure and the module does not keep that argument.
 */
import type { Requirement } from './config';
import type { Known, ModuleShape, Term } from './known';
import { isSpelt } from './op';
import { dependsOnFacts } from './program';
import type { Program } from './program';
import { attribute, name as nameOf, NONE, quoted, subscript } from './python';
import type { Py } from './python';

export interface Structure {
  /** Class names of the parts, by their names in the module. */
  readonly parts: ReadonlyMap<string, string>;
  readonly requirements: readonly Requirement[];
  /** Attributes that cannot be compared. */
  readonly untold: readonly string[];
}

const MESSAGE = 'built with other arguments';

/** The constructor's arguments of a torch module that it keeps under their own names. */
const KEPT =
  /^(?:eps|approximate|negative_slope|alpha|beta|dim|min_val|max_val|padding_idx|num_heads|start_dim|end_dim)$/;

export function structureOf(program: Program, shape: ModuleShape & { kind: 'class' }): Structure {
  const parts = new Map<string, string>();
  const requirements: Requirement[] = [];
  const untold: string[] = [];

  function ofClass(each: ModuleShape & { kind: 'class' }, path: Py, prefix: string): void {
    for (const [name, term] of program.attributes(each)) ofValue(term, attribute(path, name), prefix + name);
  }

  function ofValue({ code, known }: Term, path: Py, name: string): void {
    switch (known.kind) {
      case 'module':
        ofModule(known.shape, path, name);
        return;
      case 'none':
      case 'weight': {
        const operator = known.kind === 'none' ? 'is' : 'is not';
        requirements.push({ test: comparison(path, operator, NONE), message: MESSAGE });
        return;
      }
      case 'qualified':
      case 'function':
      case 'class':
        requirements.push({
          test: comparison(attribute(path, '__name__'), '==', quoted(nameOfCalled(program, known))),
          message: MESSAGE,
        });
        return;
      case 'closure':
        untold.push(name);
        return;
      default:
        // What depends on arguments is read from the module when the weights are.
        if (isSpelt(code) && !dependsOnFacts(code))
          requirements.push({ test: comparison(path, '==', code), message: MESSAGE });
    }
  }

  function ofModule(each: ModuleShape, path: Py, name: string): void {
    switch (each.kind) {
      case 'torch':
        parts.set(name, each.type.replace('torch.nn.', ''));
        for (const [argument, { code }] of each.args)
          if (KEPT.test(argument) && isSpelt(code))
            requirements.push({ test: comparison(attribute(path, argument), '==', code), message: MESSAGE });
        return;
      case 'class':
        parts.set(name, program.file.classFacts(each.key)?.name ?? '');
        ofClass(each, path, `${name}.`);
        return;
      case 'stack': {
        parts.set(name, each.form);
        const items = each.items ?? (each.element ? [{ name: '0', child: each.element }] : []);
        for (const item of items)
          ofValue({ code: NONE, known: item.child }, subscript(path, childKey(item.name)), `${name}.${item.name}`);
        return;
      }
      case 'dict':
        parts.set(name, 'ModuleDict');
        for (const [key, child] of each.entries)
          ofValue({ code: NONE, known: child }, subscript(path, quoted(key)), `${name}.${key}`);
    }
  }

  ofClass(shape, nameOf('module'), '');
  return { parts, requirements, untold };
}

function childKey(name: string): Py {
  return /^\d+$/.test(name) ? { kind: 'literal', text: name } : quoted(name);
}

function nameOfCalled(program: Program, known: Known): string {
  if (known.kind === 'qualified') return known.name.split('.').at(-1) ?? known.name;
  if (known.kind === 'function') return program.file.functionFacts(known.key)?.name ?? '';
  return known.kind === 'class' ? (program.file.classFacts(known.key)?.name ?? '') : '';
}

function comparison(left: Py, operator: string, right: Py): Py {
  return { kind: 'compare', operators: [operator], operands: [left, right] };
}
