/** Whether a function is compiled already, and what in it would keep a compiler from making one graph of it. */
import { walkBody } from '../lower/walk';
import type { FunctionFacts } from '../lower/facts';
import type { Expr } from '../lower/ir';
import type { FunctionScene } from './scene';

const COMPILERS = /^(?:torch\.compile|torch\.jit\.(?:script|trace)|torch\._dynamo\.optimize|jax\.jit)$/;

/** Decorated by a compiler, or named in a call of one anywhere at the top level of its file. */
export function isCompiled(scene: FunctionScene, facts: FunctionFacts): boolean {
  if (facts.def.decorators.some((each) => mentionsCompiler(scene, each))) return true;
  const names = [facts.name, facts.owner].filter((each) => each !== null);
  const calls = scene.file.once('compiled at the top level', () => compilerCalls(scene));
  return calls.some((text) => names.some((name) => new RegExp(`\\b${name}\\b`).test(text)));
}

/** The sources of calls of a compiler outside of functions. */
function compilerCalls(scene: FunctionScene): readonly string[] {
  const found: string[] = [];
  walkBody(scene.file.facts.module, (each) => {
    if (each.kind === 'call' && isCompiler(scene, each.callee)) found.push(scene.file.text.slice(each.start, each.end));
  });
  return found;
}

function mentionsCompiler(scene: FunctionScene, decorator: Expr): boolean {
  if (decorator.kind === 'call')
    return [decorator.callee, ...decorator.args.map((each) => each.value)].some((each) => isCompiler(scene, each));
  return isCompiler(scene, decorator);
}

function isCompiler(scene: FunctionScene, expr: Expr): boolean {
  const dotted = dottedName(expr);
  if (dotted === null) return false;
  const [head = '', ...rest] = dotted.split('.');
  const bindings = scene.file.scope.lookup(head);
  return bindings.some((each) => each.kind === 'import' && COMPILERS.test([each.name, ...rest].join('.')));
}

function dottedName(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  const object = expr.kind === 'attribute' ? dottedName(expr.object) : null;
  return object !== null && expr.kind === 'attribute' ? `${object}.${expr.name}` : null;
}

const LEAVES_GRAPH = new Set(['item', 'tolist', 'numpy', 'cpu', 'nonzero', 'backward', 'print', 'breakpoint']);

/** Where a compiler has to stop: values taken to Python, printing, generators. */
export function breaksGraph(scene: FunctionScene): boolean {
  let found = false;
  walkBody(scene.def.body, (each) => {
    if (each.kind === 'yield' || each.kind === 'await') found = true;
    if (each.kind !== 'call') return;
    const { callee } = each;
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    if (LEAVES_GRAPH.has(name)) found = true;
  });
  return found;
}
