/** MM203: what a compiler has to stop at, in a function that it compiles. */
import { isCall } from '../infer/operations';
import type { CallExpr, Expr, Stmt } from '../lower/ir';
import { expressionsOf, partsOf } from '../lower/walk';
import { blocksOf } from '../lower/facts';
import { compilationOf } from './match/compilation';
import type { Compilation } from './match/compilation';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm203: Rule = {
  code: 'MM203',
  name: 'graph-break',
  category: 'compile',
  summary: 'In a compiled function with products: a value that is taken to Python, which the compiler must stop at.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'In a function with products that `torch.compile` or `jax.jit` certainly compiles (as a decorator, or at the ' +
      'top level of the file): `.item()`, `.tolist()`, `float(t)`, `int(t)` and `bool(t)` of a tensor, `if` and ' +
      '`while` on the value of a tensor, `print` of one, and functions whose result has as many entries as the ' +
      'values say (`nonzero`, `unique`, `masked_select`, `where` with one argument). Functions that ask whether they ' +
      'are being compiled are left alone, as are nested functions.',
    why:
      '`torch.compile` ends its graph at such a place, runs the line in Python and begins another graph behind it: ' +
      'nothing is fused across, and the device waits until the value is there. With `fullgraph=True` it raises. JAX ' +
      'has no values while it traces and raises a ConcretizationTypeError or one like it; `print` shows a tracer, ' +
      'once. Keep the value a tensor (`torch.where`, `jnp.where`, `jax.lax.cond`), return it and take it outside, or ' +
      'give JAX a `size=`. A break at the very end of a long function costs little more than the wait.',
    example: `@torch.compile
def normalise(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    h = x @ w
    return h / h.abs().max().item()`,
    instead: `@torch.compile
def normalise(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    h = x @ w
    return h / h.abs().max()`,
  },
  detect(scene) {
    const facts = scene.file.functionFacts(scene.key);
    if (!facts || !scene.analysis.operations.some(isCall)) return [];
    const compilation = compilationOf(scene, facts);
    if (!compilation || ASKS.test(scene.source(scene.def))) return [];
    const found: Detection[] = [];
    visitOwn(
      scene.def.body,
      (statement) => {
        if (statement.kind !== 'if' && statement.kind !== 'while') return;
        const test = tensorIn(scene, statement.test, compilation);
        if (test) found.push(detection(scene, test, 'branch', compilation));
      },
      (expr) => {
        const kind = expr.kind === 'call' ? leaving(scene, expr, compilation) : null;
        if (kind && !isCaptured(scene, kind)) found.push(detection(scene, expr, kind, compilation));
      },
    );
    return found;
  },
};

const ASKS = /\bis_(?:dynamo_)?compiling\b|\bis_tracing\b|\bensure_compile_time_eval\b/;

/** The file asks torch to keep such values, as symbols, in its graphs. */
function isCaptured(scene: FunctionScene, kind: Leaving): boolean {
  return (
    (kind === 'value' || kind === 'size') &&
    scene.ask(({ text }) => /\bcapture_(?:scalar_outputs|dynamic_output_shape_ops)\b/.test(text))
  );
}

/** What leaves the graph at a place. */
type Leaving = 'value' | 'print' | 'branch' | 'size';

/** The statements and expressions that the function itself runs, without those of functions inside it. */
function visitOwn(statements: readonly Stmt[], onStatement: (each: Stmt) => void, onExpr: (each: Expr) => void): void {
  const visit = (expr: Expr): void => {
    if (expr.kind === 'lambda') return;
    onExpr(expr);
    partsOf(expr).forEach(visit);
  };
  for (const statement of statements) {
    if (statement.kind === 'def' || statement.kind === 'class') continue;
    onStatement(statement);
    expressionsOf(statement).forEach(visit);
    for (const block of blocksOf(statement)) visitOwn(block, onStatement, onExpr);
  }
}

/** A value that is certainly traced: of the compiler's framework, and no argument that may be static. */
function isTraced(scene: FunctionScene, expr: Expr, { compiler, settings }: Compilation): boolean {
  const value = scene.valueOf(expr);
  if (value.kind !== 'tensor' || value.framework !== (compiler === 'jax.jit' ? 'jax' : 'torch')) return false;
  return value.parameter === undefined || ![...settings].some((each) => each.startsWith('static_'));
}

const TO_PYTHON = new Set(['item', 'tolist']);
const CONVERSIONS = /^builtins\.(?:float|int|bool)$/;
const SIZED_BY_VALUES = /^(?:torch|jax\.numpy)\.(?:nonzero|argwhere|unique|masked_select|flatnonzero|where)$/;

function leaving(scene: FunctionScene, call: CallExpr, compilation: Compilation): Leaving | null {
  const { callee, args } = call;
  const [first] = args;
  const traced = (expr: Expr): boolean => isTraced(scene, expr, compilation);
  if (callee.kind === 'attribute' && traced(callee.object)) {
    if (TO_PYTHON.has(callee.name) && args.length === 0) return 'value';
    return /^(?:nonzero|unique|masked_select|argwhere)$/.test(callee.name) && !hasSize(call) ? 'size' : null;
  }
  const name = scene.qualifiedName(callee);
  if (name === null || !first) return null;
  if (name === 'builtins.print') return args.some(({ value }) => holdsTraced(value, traced)) ? 'print' : null;
  if (CONVERSIONS.test(name) && args.length === 1) return traced(first.value) ? 'value' : null;
  if (!SIZED_BY_VALUES.test(name) || !traced(first.value) || hasSize(call)) return null;
  return name.endsWith('.where') && args.length > 1 ? null : 'size';
}

function hasSize({ args }: CallExpr): boolean {
  return args.some(({ name }) => name === 'size' || name === '**');
}

function holdsTraced(expr: Expr, traced: (each: Expr) => boolean): boolean {
  return traced(expr) || (expr.kind === 'string' && expr.fields.some(traced));
}

const REDUCTIONS = /^(?:any|all|sum|mean|max|min|amax|amin|norm|prod|std|var|isnan|isinf|isfinite|abs)$/;

/** The part of a condition that is a tensor whose value decides. */
function tensorIn(scene: FunctionScene, test: Expr, compilation: Compilation): Expr | null {
  switch (test.kind) {
    case 'unary':
      return test.operator === 'not' ? tensorIn(scene, test.operand, compilation) : null;
    case 'boolean':
      return tensorIn(scene, test.left, compilation) ?? tensorIn(scene, test.right, compilation);
    case 'compare': {
      const compares = test.operators.every((each) => /^(?:[<>]=?|==|!=)$/.test(each));
      return compares && test.operands.some((each) => isTensorTerm(scene, each, compilation)) ? test : null;
    }
    default:
      return isTensorTerm(scene, test, compilation) ? test : null;
  }
}

/** Of functions only those count that give tensors for certain: `torch.equal` gives a bool. */
function isTensorTerm(scene: FunctionScene, expr: Expr, compilation: Compilation): boolean {
  if (expr.kind === 'call') {
    const { callee } = expr;
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    if (!REDUCTIONS.test(name)) return false;
  } else if (expr.kind !== 'name' && expr.kind !== 'binary' && expr.kind !== 'subscript') return false;
  return isTraced(scene, expr, compilation);
}

function detection(scene: FunctionScene, expr: Expr, kind: Leaving, { compiler, settings }: Compilation): Detection {
  const { start, end } = expr;
  const source = scene.source(expr);
  const what = source.length > 60 || source.includes('\n') ? 'This' : `\`${source}\``;
  return { start, end, message: `${what} ${says(kind, compiler, settings.has('fullgraph'))}`, fixes: [] };
}

function says(kind: Leaving, compiler: Compilation['compiler'], fullgraph: boolean): string {
  const asks = {
    value: 'takes the value of a tensor to Python',
    branch: 'asks for the value of a tensor to choose a way',
    size: 'gives as many entries as the values of a tensor say',
    print: 'prints the value of a tensor',
  }[kind];
  if (compiler === 'torch.compile')
    return `${asks}: \`torch.compile\` ${fullgraph ? 'cannot have that in one full graph, and raises' : 'ends its graph here and begins another one behind it'}.`;
  if (kind === 'print') return `${asks}: under \`jax.jit\` it shows a tracer, once; \`jax.debug.print\` shows values.`;
  const error = {
    value: 'a ConcretizationTypeError',
    branch: 'a TracerBoolConversionError',
    size: 'a ConcretizationTypeError unless it is given `size=`',
  }[kind];
  return `${asks}: \`jax.jit\` raises ${error}.`;
}
