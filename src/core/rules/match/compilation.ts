/** Which compiler runs a function, and how it was asked to. */
import { walkBody } from '../../lower/walk';
import type { FunctionFacts } from '../../lower/facts';
import type { CallExpr, Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import { onlyDefinition } from './definitions';
import { importedAs } from './qualified';

export interface Compilation {
  readonly compiler: 'torch.compile' | 'jax.jit';
  /** Settings that are given with the function: `fullgraph`, `static_argnums`. */
  readonly settings: ReadonlySet<string>;
}

/** The compiler that a function certainly runs under: it decorates it, or is given it at the top level of the file. */
export function compilationOf(scene: FunctionScene, facts: FunctionFacts): Compilation | null {
  for (const each of facts.def.decorators) {
    const found = asDecorator(scene, each);
    if (found) return found;
  }
  const calls = scene.file.once('compilations at the top level', () => compilations(scene));
  return calls.find(({ target }) => isOf(scene, target, facts))?.compilation ?? null;
}

/** `@jax.jit`, `@torch.compile(fullgraph=True)`, `@functools.partial(jax.jit, static_argnums=0)`. */
function asDecorator(scene: FunctionScene, decorator: Expr): Compilation | null {
  if (decorator.kind !== 'call') return compilation(scene, decorator, []);
  const [first] = decorator.args;
  const partial = importedAs(scene, decorator.callee) === 'functools.partial';
  return compilation(scene, partial && first ? first.value : decorator.callee, decorator.args);
}

function compilation(scene: FunctionScene, compiler: Expr, args: CallExpr['args']): Compilation | null {
  const name = importedAs(scene, compiler);
  if (name !== 'torch.compile' && name !== 'jax.jit') return null;
  const given = args.filter(({ name: each, value }) => each !== null && !isFalse(value));
  const settings = new Set(given.map((each) => each.name ?? ''));
  return settings.has('disable') ? null : { compiler: name, settings };
}

function isFalse(value: Expr): boolean {
  return value.kind === 'constant' && (value.value === 'False' || value.value === 'None');
}

interface GivenFunction {
  readonly target: Expr;
  readonly compilation: Compilation;
}

function compilations(scene: FunctionScene): readonly GivenFunction[] {
  const found: GivenFunction[] = [];
  walkBody(scene.file.facts.module, (each) => {
    const first = each.kind === 'call' ? each.args[0] : undefined;
    if (each.kind !== 'call' || first?.name !== null) return;
    const made = compilation(scene, each.callee, each.args);
    if (made) found.push({ target: first.value, compilation: made });
  });
  return found;
}

/** The function by its name, or an instance of the class whose `forward` it is. */
function isOf({ file }: FunctionScene, target: Expr, { name, owner, qualname }: FunctionFacts): boolean {
  const value = target.kind === 'name' ? (onlyDefinition(file, target.name) ?? target) : target;
  if (owner === null) return target.kind === 'name' && target.name === name && qualname === name;
  return name === 'forward' && value.kind === 'call' && value.callee.kind === 'name' && value.callee.name === owner;
}
