/** MM205: a function compiled by jax.jit that reads arrays of the function around it. */
import { numberOf } from '../infer/dims';
import { namesIn } from '../infer/evaluate/expressions';
import { elementCount } from '../infer/shapes';
import type { DefStmt, Expr, LambdaExpr, NameExpr } from '../lower/ir';
import { walkBody, walkExpr, walkStatements } from '../lower/walk';
import { isCompiled } from './compiled';
import { isTransform } from './match/freshCallable';
import { qualifiedNameOf } from './match/qualified';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

/** Smaller arrays are as good as numbers in the code. */
const LEAST_ELEMENTS = 4096;

export const mm205: Rule = {
  code: 'MM205',
  name: 'jit-closes-over-arrays',
  category: 'compile',
  summary: 'A function compiled by `jax.jit` that reads arrays of the function around it instead of taking them.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'A lambda or nested function that is given to `jax.jit` (or decorated by it) and reads a variable of the ' +
      'function around it that certainly is an array of JAX or NumPy. Arrays that are known to have fewer than 4,096 ' +
      'entries are left alone, and so are functions inside a compiled one, whose arrays are traced with them.',
    why:
      'While JAX traces, such an array is a constant: it is written into the program. One of 2000 by 2000 makes a ' +
      'program of 32 MB in place of one of 450 bytes, and a product of constants is computed while compiling (a second ' +
      'in place of 30 ms, on the CPU). It is held as long as the compiled function, later changes of the variable are ' +
      'not seen, and each new closure is traced and compiled anew. As an argument it is none of that. A constant pays ' +
      'where it is small, or where what is computed from it alone is worth computing once.',
    example: `def solve(x: jax.Array, w: jax.Array) -> jax.Array:
    project = jax.jit(lambda y: jnp.tanh(y @ w))
    return project(project(x))`,
    instead: `def solve(x: jax.Array, w: jax.Array) -> jax.Array:
    project = jax.jit(lambda y, w: jnp.tanh(y @ w))
    return project(project(x, w), w)`,
  },
  detect(scene) {
    const { def } = scene;
    const facts = scene.file.functionFacts(scene.key);
    if (!facts || !/\bjit\b/.test(scene.source(def)) || isCompiled(scene, facts)) return [];
    const found: Detection[] = [];
    for (const code of jittedCode(scene)) {
      const arrays = arraysFromOutside(scene, code);
      const [first] = arrays;
      if (!first) continue;
      const names = [...new Set(arrays.map((each) => each.name))];
      const { start, end } = first;
      found.push({ start, end, message: message(names), fixes: [] });
    }
    return found;
  },
};

function message(names: readonly string[]): string {
  const listed = names.map((each) => `\`${each}\``).join(', ');
  return names.length === 1
    ? `\`jax.jit\` writes ${listed} into the program as a constant, since it is an array of the function around: pass it as an argument.`
    : `\`jax.jit\` writes ${listed} into the program as constants, since they are arrays of the function around: pass them as arguments.`;
}

type Code = LambdaExpr | DefStmt;

/** Lambdas and functions inside this one that `jax.jit` is given. */
function jittedCode(scene: FunctionScene): readonly Code[] {
  const { body } = scene.def;
  const defined: DefStmt[] = [];
  walkStatements(body, (each) => {
    if (each.kind === 'def') defined.push(each);
  });
  const isJit = (expr: Expr): boolean => qualifiedNameOf(scene, expr) === 'jax.jit';
  const isJitDecorator = (each: Expr): boolean =>
    isJit(each) ||
    (each.kind === 'call' &&
      (isJit(each.callee) || each.args.some(({ value }) => value.kind !== 'call' && isJit(value))));
  const found = new Set<Code>(defined.filter((each) => each.decorators.some(isJitDecorator)));
  walkBody(body, (each) => {
    if (each.kind !== 'call' || !isJit(each.callee)) return;
    const [first] = each.args;
    const code = first?.name === null ? innermost(scene, first.value) : null;
    if (code?.kind === 'lambda') found.add(code);
    const named = code?.kind === 'name' ? defined.filter(({ name }) => name === code.name) : [];
    if (named.length === 1 && named[0]) found.add(named[0]);
  });
  return [...found];
}

/** The function that `jax.grad(jax.vmap(f))` is made of. */
function innermost(scene: FunctionScene, expr: Expr): Expr {
  const [first] = expr.kind === 'call' ? expr.args : [];
  return expr.kind === 'call' && first && isTransform(scene, expr) ? innermost(scene, first.value) : expr;
}

function arraysFromOutside(scene: FunctionScene, code: Code): readonly NameExpr[] {
  const own = ownNames(code);
  const outer = new Set(scene.def.parameters.map((each) => each.name));
  walkStatements(scene.def.body, (each) => {
    if (each.kind === 'assign') for (const name of each.targets.flatMap(namesIn)) outer.add(name);
  });
  const found: NameExpr[] = [];
  const asked = new Set<Expr>();
  const visit = (each: Expr): void => {
    // Its sizes are numbers while JAX traces.
    if (each.kind === 'attribute' && /^(?:shape|dtype|ndim|size)$/.test(each.name)) asked.add(each.object);
    if (asked.has(each)) return;
    if (each.kind === 'name' && outer.has(each.name) && !own.has(each.name) && isArray(scene, each)) found.push(each);
  };
  if (code.kind === 'def') walkBody(code.body, visit);
  else walkExpr(code.body, visit);
  return found;
}

/** Parameters and variables of the code, and of functions and comprehensions inside it. */
function ownNames(code: Code): ReadonlySet<string> {
  const names = new Set(code.parameters.map((each) => each.name));
  const visit = (each: Expr): void => {
    if (each.kind === 'lambda') for (const { name } of each.parameters) names.add(name);
    if (each.kind === 'walrus') names.add(each.name);
    if (each.kind === 'comprehension')
      for (const clause of each.clauses)
        if (clause.kind === 'for') for (const name of namesIn(clause.target)) names.add(name);
  };
  if (code.kind === 'lambda') {
    walkExpr(code.body, visit);
    return names;
  }
  walkStatements(code.body, (each) => {
    if (each.kind === 'assign') for (const name of each.targets.flatMap(namesIn)) names.add(name);
    else if (each.kind === 'for' || each.kind === 'augment') for (const name of namesIn(each.target)) names.add(name);
    else if (each.kind === 'def')
      for (const name of [each.name, ...each.parameters.map((one) => one.name)]) names.add(name);
  });
  walkBody(code.body, visit);
  return names;
}

function isArray(scene: FunctionScene, name: NameExpr): boolean {
  const value = scene.valueOf(name);
  if (value.kind !== 'tensor' || value.framework === 'torch') return false;
  const count = elementCount(value.shape);
  const number = count && numberOf(count);
  return number === null || number >= LEAST_ELEMENTS;
}
