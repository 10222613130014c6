/** MM202: a function that is made and compiled anew in each step of a loop, or in each call. */
import type { Expr, Span, Stmt } from '../lower/ir';
import { namesIn } from '../infer/evaluate/expressions';
import { mentions, walkBody, walkExpr, walkStatements } from '../lower/walk';
import { isCompiled } from './compiled';
import { freshness } from './match/freshCallable';
import { qualifiedNameOf } from './match/qualified';
import { innermostLoop, isConditional, surroundingsOf } from './match/surroundings';
import type { Surroundings } from './match/surroundings';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm202: Rule = {
  code: 'MM202',
  name: 'compile-in-loop',
  category: 'compile',
  summary: '`jax.jit` of a function that is made anew in each step or call, so that each one traces and compiles.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'display',
  topLevel: true,
  since: '0.1.0',
  docs: {
    finds:
      '`jax.jit` of a lambda, a `functools.partial`, a `jax.grad(...)`, a bound method or a nested function that is ' +
      'made in the body of a loop, in `forward` or `__call__`, or in a function named as a step, and only called ' +
      'there. What is returned or kept in an attribute, a dict or a list, what is made on a condition, what depends ' +
      'on sizes or other plain values of the step, and what stands in a compiled or cached function is left alone. ' +
      'So is `jax.jit(f)` of one and the same `f`, which traces once.',
    why:
      'JAX finds what it compiled by the identity of the function. A function that is new in each step is never ' +
      'found: each step traces and compiles once more, which takes from tens of milliseconds to minutes, against ' +
      'microseconds for the call. A loop that runs once or twice loses little. `torch.compile` is no part of this: it ' +
      'keeps what it compiled with the code of the function, and a lambda has the same code in each step.',
    example: `def descend(params: jax.Array, batches: list[jax.Array]) -> jax.Array:
    for batch in batches:
        params = params - jax.jit(jax.grad(lambda p, x: jnp.sum((x @ p) ** 2)))(params, batch)
    return params`,
    instead: `gradient = jax.jit(jax.grad(lambda p, x: jnp.sum((x @ p) ** 2)))


def descend(params: jax.Array, batches: list[jax.Array]) -> jax.Array:
    for batch in batches:
        params = params - gradient(params, batch)
    return params`,
  },
  detect(scene) {
    const { def } = scene;
    if (!/\bjit\b/.test(scene.source(def))) return [];
    const facts = scene.file.functionFacts(scene.key);
    if (facts && (isCompiled(scene, facts) || isCached(scene))) return [];
    const found: Detection[] = [];
    walkBody(def.body, (each) => {
      if (each.kind === 'call' && isJit(scene, each.callee)) found.push(...repeatedCall(scene, each));
    });
    walkStatements(def.body, (each) => {
      if (each.kind === 'def') found.push(...repeatedDefinition(scene, each));
    });
    return found;
  },
};

function isJit(scene: FunctionScene, expr: Expr): boolean {
  return qualifiedNameOf(scene, expr) === 'jax.jit';
}

function isCached({ def }: FunctionScene): boolean {
  return def.decorators.some((each) => {
    let cached = false;
    walkExpr(each, (part) => {
      if ((part.kind === 'name' || part.kind === 'attribute') && /cache|memo/i.test(part.name)) cached = true;
    });
    return cached;
  });
}

/** How often the code around a place runs: again with each step of a loop, or with each call. */
type Repetition =
  | { readonly per: 'step'; readonly within: Span; readonly names: readonly string[] }
  | { readonly per: 'call'; readonly within: Span };

function repetitionOf(scene: FunctionScene, place: Span, around: Surroundings): Repetition | null {
  if (around.nested) return null;
  const comprehension = around.expressions.findLast((each) => each.kind === 'comprehension');
  if (comprehension?.kind === 'comprehension') {
    const names = comprehension.clauses.flatMap((each) => (each.kind === 'for' ? namesIn(each.target) : []));
    const inElement = comprehension.element.start <= place.start && place.end <= comprehension.element.end;
    return inElement ? { per: 'step', within: comprehension, names } : null;
  }
  const loop = innermostLoop(around, place);
  if (loop) {
    const leaves = loop.body.some((each) => each.kind === 'break' || each.kind === 'return' || each.kind === 'raise');
    return leaves || isConditional(around, loop) ? null : { per: 'step', within: loop, names: boundIn(loop) };
  }
  return runsPerCall(scene) && !isConditional(around, null) ? { per: 'call', within: scene.def } : null;
}

function runsPerCall(scene: FunctionScene): boolean {
  const facts = scene.file.functionFacts(scene.key);
  if (!facts) return false;
  if (facts.owner !== null && /^(?:forward|__call__)$/.test(facts.name)) return true;
  return /(?:^|_)step$/.test(facts.name) && !/^_?(?:make|build|create|get|init|setup|compile)_/.test(facts.name);
}

/** Names that a step of the loop binds. */
function boundIn(loop: Stmt): readonly string[] {
  const names: string[] = [];
  walkStatements([loop], (each) => {
    if (each.kind === 'assign') names.push(...each.targets.flatMap(namesIn));
    else if (each.kind === 'for' || each.kind === 'augment') names.push(...namesIn(each.target));
    else if (each.kind === 'with') names.push(...each.items.flatMap(({ target }) => (target ? namesIn(target) : [])));
  });
  return names;
}

function repeatedCall(scene: FunctionScene, call: Extract<Expr, { kind: 'call' }>): readonly Detection[] {
  const [first] = call.args;
  const around = first?.name === null ? surroundingsOf(scene, call) : null;
  const repetition = around && repetitionOf(scene, call, around);
  if (!first || !around || !repetition) return [];
  const fresh = freshness(scene, first.value, repetition.within);
  if (!fresh || dependsOnPlainValues(scene, first.value, repetition) || !isOnlyCalled(scene, call, around)) return [];
  return [detection(call, fresh, repetition)];
}

/** `@jax.jit` above a function that each step defines anew. */
function repeatedDefinition(scene: FunctionScene, def: Extract<Stmt, { kind: 'def' }>): readonly Detection[] {
  const decorator = def.decorators.find((each) => isJit(scene, each.kind === 'call' ? each.callee : each));
  const around = decorator ? surroundingsOf(scene, def) : null;
  const repetition = around && repetitionOf(scene, def, around);
  if (!decorator || !repetition || dependsOnPlainValues(scene, def, repetition)) return [];
  return onlyCalled(scene, def.name, def) ? [detection(decorator, 'a nested function', repetition)] : [];
}

function detection({ start, end }: Span, what: string, { per }: Repetition): Detection {
  const when = per === 'step' ? 'each step of this loop' : 'each call of this function';
  const place = per === 'step' ? 'before the loop' : 'outside of the function';
  return {
    start,
    end,
    message: `\`jax.jit\` is given ${what} that is new in ${when}, so that it traces and compiles each time: compile it once, ${place}.`,
    fixes: [],
  };
}

/** A size or a model of each step asks for a program of its own; arrays of another value do not. */
function dependsOnPlainValues(scene: FunctionScene, code: Expr | Stmt, repetition: Repetition): boolean {
  if (repetition.per === 'call') return false;
  let plain = false;
  const visit = (each: Expr): void => {
    if (each.kind === 'name' && repetition.names.includes(each.name) && scene.valueOf(each).kind !== 'tensor')
      plain = true;
  };
  if (code.kind === 'def') walkBody(code.body, visit);
  else walkExpr(code as Expr, visit);
  return plain;
}

/** `jax.jit(...)(x)`, or a variable that is called and nothing else. */
function isOnlyCalled(scene: FunctionScene, call: Expr, { statement, expressions }: Surroundings): boolean {
  const outer = expressions[expressions.indexOf(call) - 1];
  if (outer?.kind === 'call' && outer.callee === call) return true;
  if (statement.kind !== 'assign' || statement.value !== call || statement.targets.length !== 1) return false;
  const [target] = statement.targets;
  return target?.kind === 'name' && onlyCalled(scene, target.name, statement);
}

function onlyCalled({ def }: FunctionScene, name: string, definition: Stmt): boolean {
  let [calls, others] = [0, 0];
  walkStatements(def.body, (statement) => {
    if (statement.kind === 'global' || statement.kind === 'nonlocal') others += statement.names.includes(name) ? 1 : 0;
  });
  walkBody(def.body, (each) => {
    if (each.kind === 'call' && each.callee.kind === 'name' && each.callee.name === name) calls++;
    if (each.kind === 'name' && each.name === name) others++;
    if (each.kind === 'lambda' && mentions(each.body, name)) others++;
  });
  // Its own target is one mention, and each call is another.
  return calls > 0 && others === calls + (definition.kind === 'assign' ? 1 : 0);
}
