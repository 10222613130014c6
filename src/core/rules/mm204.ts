/** MM204: a loop in which each step multiplies what the step before made. */
import { isCall } from '../infer/operations';
import type { Operation } from '../infer/operations';
import { numberOf } from '../infer/dims';
import { namesIn } from '../infer/evaluate/expressions';
import type { Expr, ForStmt, Stmt } from '../lower/ir';
import { mentions, walkExpr } from '../lower/walk';
import { breaksGraph, isCompiled } from './compiled';
import { loopsIn } from './match/surroundings';
import { holds } from './match/spans';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

/** Fewer steps than this are written out by a compiler and cost little as they stand. */
const LEAST_STEPS = 8;

export const mm204: Rule = {
  code: 'MM204',
  name: 'loop-carried-product',
  category: 'compile',
  summary: 'A loop whose step multiplies what the step before made, in a function that is not compiled.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'A `for` loop of plain assignments in which a product takes a value of the step before and makes that of the ' +
      'next one: `h = torch.tanh(h @ w + x[t])`. Loops of fewer than eight steps, loops over layers or weights, ' +
      'values that grow or shrink (`cat`, slices), sparse matrices, `while` loops, loops that branch, print or call `.item()`, and functions that are ' +
      'compiled already are left alone.',
    why:
      'Such steps cannot run side by side. What they cost, where the matrices are small, is mostly the start of each ' +
      'operation: some microseconds each, times the operations of a step, times the steps. `torch.compile` fuses the ' +
      'pointwise part, but writes every step out, so that compiling takes longer with each; `jax.lax.scan` and ' +
      '`jax.lax.fori_loop` compile one step. Where products take longer than their start (some hundred rows and ' +
      'columns and more), nothing is gained. A scan can lose to steps that are written out where the body is small: ' +
      '`unroll=` is between the two. A scan also needs the same shape and dtype in each step.',
    example: `def roll(x: torch.Tensor, h: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    for t in range(x.shape[0]):
        h = torch.tanh(h @ w + x[t])
    return h`,
    instead: `@jax.jit
def roll(x, h, w):
    return jax.lax.scan(lambda h, x_t: (jnp.tanh(h @ w + x_t), None), h, x)[0]`,
  },
  detect(scene) {
    const facts = scene.file.functionFacts(scene.key);
    const products = scene.analysis.operations.filter((each) => isCarriable(each));
    if (!facts || products.length === 0 || facts.def.async) return [];
    const loops = loopsIn(scene.def.body).filter((each): each is ForStmt => each.kind === 'for');
    const carried = loops.flatMap((loop) => carriedProduct(scene, loop, products) ?? []);
    // Products of sparse matrices are no work for either compiler.
    if (/sparse|csr|csc|coo_/i.test(scene.source(scene.def))) return [];
    return carried.length === 0 || breaksGraph(scene) || isCompiled(scene, facts) ? [] : carried;
  },
};

function isCarriable(operation: Operation): boolean {
  const { framework, kind, loops } = operation;
  if (framework === 'numpy' || (kind !== 'op' && kind !== 'linear_call') || !isCall(operation)) return false;
  const trips = loops.at(-1)?.trips ?? null;
  const count = trips === null ? null : numberOf(trips);
  return loops.at(-1)?.form === 'for' && (count === null || count >= LEAST_STEPS);
}

function carriedProduct(scene: FunctionScene, loop: ForStmt, products: readonly Operation[]): Detection | null {
  const inside = products.filter((each) => holds(loop, each.expr) && isOfEachStep(each, loop));
  if (inside.length === 0 || !loop.body.every(isPlain)) return null;
  for (const name of carriedNames(loop)) {
    const product = productOnTheWay(loop.body, name, inside);
    if (!product) continue;
    const { start, end } = product;
    return { start, end, message: message(scene, name, product), fixes: [] };
  }
  return null;
}

/** Not of one layer of several: what is multiplied with is the same in each step. */
function isOfEachStep({ expr, operands }: Operation, { target }: ForStmt): boolean {
  const names = namesIn(target);
  const speaksOfStep = (each: Expr): boolean => names.some((name) => mentions(each, name));
  if (expr.kind === 'call' && speaksOfStep(expr.callee)) return false;
  return operands.every((each) => each.expr === null || !speaksOfStep(each.expr));
}

/** Assignments, and results that are gathered in a list. */
function isPlain(statement: Stmt): boolean {
  if (statement.kind === 'assign' || statement.kind === 'augment') return true;
  if (statement.kind !== 'expr') return false;
  const { value } = statement;
  if (value.kind === 'string') return true;
  return value.kind === 'call' && value.callee.kind === 'attribute' && value.callee.name === 'append';
}

/** Names that the body reads before it assigns them. */
function carriedNames({ body }: ForStmt): readonly string[] {
  const assigned = new Set<string>();
  const carried = new Set<string>();
  const read = new Set<string>();
  for (const each of body) {
    if (each.kind !== 'assign' && each.kind !== 'augment') continue;
    if (each.value) addNames(each.value, read);
    if (each.kind === 'augment') addNames(each.target, read);
    for (const name of targetsOf(each)) {
      if (!assigned.has(name) && read.has(name)) carried.add(name);
      assigned.add(name);
    }
  }
  return [...carried];
}

function addNames(expr: Expr, names: Set<string>): void {
  walkExpr(expr, (each) => {
    if (each.kind === 'name') names.add(each.name);
  });
}

function targetsOf(statement: Stmt): readonly string[] {
  if (statement.kind === 'augment') return namesIn(statement.target);
  return statement.kind === 'assign' ? statement.targets.flatMap(namesIn) : [];
}

/** The product that takes a name's value of the step before, if what it makes comes to be the name's next value. */
function productOnTheWay(body: readonly Stmt[], name: string, products: readonly Operation[]): Operation | null {
  // Which values are made of the carried one, and by which product.
  const made = new Map<string, Operation | null>([[name, null]]);
  const isMade = (expr: Expr): boolean => [...made.keys()].some((each) => mentions(expr, each));
  for (const statement of body) {
    if ((statement.kind !== 'assign' && statement.kind !== 'augment') || !statement.value) continue;
    const { value } = statement;
    const targets = targetsOf(statement);
    const from = [...made.keys()].find(
      (each) => mentions(value, each) || (statement.kind === 'augment' && targets.includes(each)),
    );
    if (from === undefined) {
      for (const each of targets) made.delete(each);
      continue;
    }
    if (targets.includes(name) && grows(value)) return null;
    const product = products.find(
      ({ expr, operands }) => holds(value, expr) && operands.some((each) => each.expr !== null && isMade(each.expr)),
    );
    for (const each of targets)
      made.set(each, product ?? [...made].find(([key, by]) => by && mentions(value, key))?.[1] ?? null);
  }
  return made.get(name) ?? null;
}

/** What is longer or shorter after each step has no shape that a scan could carry. */
function grows(expr: Expr): boolean {
  const isCut =
    expr.kind === 'subscript' && expr.index.some((each) => each.kind === 'slice' && (each.lower ?? each.upper));
  let found = isCut;
  walkExpr(expr, (each) => {
    if (each.kind === 'conditional') found = true;
    if (each.kind !== 'call') return;
    const { callee } = each;
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    if (/^(?:cat|concat|concatenate|stack|hstack|vstack|pad|append)$/.test(name)) found = true;
  });
  return found;
}

function message(scene: FunctionScene, name: string, operation: Operation): string {
  const { framework } = operation;
  const source = scene.source(operation);
  const product = source.length > 60 || source.includes('\n') ? 'This product' : `\`${source}\``;
  const carried = `${product} takes the \`${name}\` of the step before: the steps run one after another.`;
  return framework === 'jax'
    ? `${carried} \`jax.lax.scan\` or \`jax.lax.fori_loop\` under \`jax.jit\` compiles one step and runs them all.`
    : `${carried} \`torch.compile\` fuses a step; \`jax.lax.scan\` compiles one and runs them all.`;
}
