/** Loops that take one gradient a step and keep what they get. */
import type { CallExpr, Expr, IfStmt, Stmt } from '../../lower/ir';
import { expressionsOf, mentions, walkBody, walkExpr, walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { boundIn, derivedNames, followsFrom, isInnermost, loopsOf, stepsOf, walkLoop } from './loops';
import type { Loop, Steps } from './loops';
import { meaningOf } from './meaning';
import { torchCallOf } from './torchCall';

export interface GradientLoop {
  readonly loop: Loop;
  readonly steps: Steps;
  readonly call: CallExpr;
  /** What is differentiated. */
  readonly output: Expr;
  /** With respect to what; null for `backward()`, which fills every leaf's `grad`. */
  readonly inputs: Expr | null;
  readonly cotangent: Expr | null;
  /** The graph is kept for the next step. */
  readonly keepsGraph: boolean;
  /** Whether an expression of a step holds what the gradient gave. */
  readonly isGradient: (expr: Expr) => boolean;
}

/** One gradient in each step, collected in a list or in the slices of a tensor; nothing that trains or draws at random. */
export function gradientLoops(scene: FunctionScene): readonly GradientLoop[] {
  if (!/\b(?:grad|backward)\s*\(/.test(scene.source(scene.def))) return [];
  const loops = loopsOf(scene);
  return loops.flatMap((loop) => gradientLoop(scene, loop, loops) ?? []);
}

function gradientLoop(scene: FunctionScene, loop: Loop, loops: readonly Loop[]): GradientLoop | null {
  const calls: CallExpr[] = [];
  walkLoop(loop, (each) => {
    if (each.kind === 'call' && isGradientCall(scene, each)) calls.push(each);
  });
  const [call, more] = calls;
  if (!call || more || !isInnermost(loop, loops, call) || isUnfit(loop)) return null;
  const steps = stepsOf(scene, loop);
  if (!steps) return null;
  const isBackward = scene.qualifiedName(call.callee) === null;
  const begins = (each: Expr): boolean => (isBackward ? isReadGradient(each) && each.start > call.end : each === call);
  const names = derivedNames(loop, [], begins);
  const isGradient = (expr: Expr): boolean => followsFrom(expr, names, begins);
  const parts = isBackward ? backwardParts(call) : gradParts(scene, call);
  if (!parts || (loop.element === null && !loop.body.some((each) => collects(each, isGradient)))) return null;
  if (loop.element !== null && isBackward) return null;
  return { loop, steps, call, ...parts, isGradient };
}

function isGradientCall(scene: FunctionScene, call: CallExpr): boolean {
  if (call.callee.kind === 'attribute' && call.callee.name === 'backward')
    return scene.qualifiedName(call.callee) === null;
  return torchCallOf(scene, call)?.name === 'autograd.grad';
}

/** `p.grad`, and `model.parameters` of which a helper takes the gradients. */
function isReadGradient(each: Expr): boolean {
  if (each.kind === 'attribute') return each.name === 'grad';
  return (
    each.kind === 'call' &&
    each.args.some(({ value }) => value.kind === 'attribute' && /^(?:named_)?parameters$/.test(value.name))
  );
}

type Parts = Pick<GradientLoop, 'output' | 'inputs' | 'cotangent' | 'keepsGraph'>;

function gradParts(scene: FunctionScene, call: CallExpr): Parts | null {
  const found = torchCallOf(scene, call);
  const [output, inputs] = [found?.argument(0, 'outputs'), found?.argument(1, 'inputs')];
  if (!found || !output || !inputs || found.keywords.has('is_grads_batched')) return null;
  const kept = [found.argument(3, 'retain_graph'), found.argument(4, 'create_graph')];
  return {
    output: alone(output),
    inputs,
    cotangent: found.argument(2, 'grad_outputs'),
    keepsGraph: kept.some(isTrue),
  };
}

function backwardParts(call: CallExpr): Parts | null {
  if (call.callee.kind !== 'attribute') return null;
  const named = (name: string): Expr | null => call.args.find((each) => each.name === name)?.value ?? null;
  const [first] = call.args;
  const kept = [named('retain_graph'), named('create_graph')];
  return {
    output: call.callee.object,
    inputs: named('inputs'),
    cotangent: named('gradient') ?? (first?.name === null ? first.value : null),
    keepsGraph: kept.some(isTrue),
  };
}

/** Without the brackets of a sequence of one, and without a sign: `[-1 * y]`. */
function alone(expr: Expr): Expr {
  if (expr.kind === 'list' || expr.kind === 'tuple') {
    const [only, more] = expr.items;
    return only && !more ? alone(only) : expr;
  }
  if (expr.kind === 'unary' && expr.operator === '-') return isNumber(expr.operand) ? expr : alone(expr.operand);
  if (expr.kind !== 'binary' || expr.operator !== '*') return expr;
  return isNumber(expr.left) ? alone(expr.right) : isNumber(expr.right) ? alone(expr.left) : expr;
}

function isNumber(expr: Expr): boolean {
  return expr.kind === 'number' || (expr.kind === 'unary' && isNumber(expr.operand));
}

function isTrue(expr: Expr | null | undefined): boolean {
  return expr !== null && expr !== undefined && !(expr.kind === 'constant' && expr.value !== 'True');
}

/** Names that draw at random, and what changes the weights between two steps. */
const RANDOM = /^(?:rand\w*|normal|bernoulli|multinomial|dropout\w*|sample|rsample|shuffle|choice|normal_|uniform_)$/;
const TRAINS = /^(?:step|add_|sub_|mul_|div_|addcmul_|addcdiv_|load_state_dict|clip_grad_norm_|update)$/;

function isUnfit(loop: Loop): boolean {
  let unfit = false;
  walkLoop(loop, (each) => {
    if (each.kind === 'call') {
      const name =
        each.callee.kind === 'attribute' ? each.callee.name : each.callee.kind === 'name' ? each.callee.name : '';
      if (RANDOM.test(name) || TRAINS.test(name)) unfit = true;
    }
    if (each.kind === 'await' || each.kind === 'yield') unfit = true;
  });
  walkStatements(loop.body, (each) => {
    if (/^(?:while|try|match|def|class|return)$/.test(each.kind) || each.kind === 'break' || each.kind === 'continue')
      unfit = true;
    if (each.kind === 'if' && !asksForNone(each.test) && !keepsGraph(each, loop)) unfit = true;
    // A weight or an input that the step changes is another one for the next step.
    if (each.kind === 'augment' && each.target.kind !== 'name') unfit = true;
    if (each.kind === 'assign' && each.targets.some((target) => target.kind === 'attribute' && target.name === 'data'))
      unfit = true;
  });
  return unfit || carries(loop);
}

/** `if p.grad is not None` and `if p.requires_grad` are the same in each step. */
function asksForNone(test: Expr): boolean {
  if (test.kind === 'attribute') return test.name === 'requires_grad';
  if (test.kind !== 'compare') return false;
  return test.operands.some((each) => each.kind === 'constant' && each.value === 'None');
}

/** `if i == last: retain = False` */
function keepsGraph({ body, orelse }: IfStmt, loop: Loop): boolean {
  const isFlag = (name: string): boolean => {
    let only = true;
    walkLoop(loop, (each) => {
      if (each.kind !== 'call') return;
      for (const { name: keyword, value } of each.args)
        if (keyword !== 'retain_graph' && mentions(value, name)) only = false;
    });
    return only;
  };
  return (
    orelse.length === 0 &&
    body.every(
      (each) => each.kind === 'assign' && each.targets.every((target) => target.kind === 'name' && isFlag(target.name)),
    )
  );
}

/** A name of the step before is read: an optimisation of something other than weights, such as an attack. */
function carries(loop: Loop): boolean {
  const bound = new Set<string>();
  const read = new Set<string>();
  let carried = false;
  walkStatements(loop.body, (each) => {
    const targets = each.kind === 'assign' && each.value ? each.targets : each.kind === 'for' ? [each.target] : [];
    const names = targets.flatMap((target) => (target.kind === 'tuple' ? target.items : [target]));
    for (const part of expressionsOf(each))
      walkExpr(part, (inner) => {
        if (inner.kind === 'name' && !names.includes(inner) && !bound.has(inner.name)) read.add(inner.name);
      });
    for (const target of names) {
      if (target.kind !== 'name') continue;
      if (read.has(target.name)) carried = true;
      bound.add(target.name);
    }
  });
  return carried;
}

/** `rows.append(gradient)`, `jacobian[i] = gradient`. */
function collects(statement: Stmt, isGradient: (expr: Expr) => boolean): boolean {
  let found = false;
  walkStatements([statement], (each) => {
    if (each.kind === 'assign' && each.value && isGradient(each.value)) {
      if (each.targets.some((target) => target.kind === 'subscript')) found = true;
    }
  });
  walkBody([statement], (each) => {
    if (each.kind !== 'call' || each.callee.kind !== 'attribute') return;
    if (!/^(?:append|extend|copy_)$/.test(each.callee.name)) return;
    if (each.args.some(({ value }) => isGradient(value))) found = true;
  });
  return found;
}

/** All weights of a model, or a weight: `model.parameters()`, a list of them. */
export function areWeights(scene: FunctionScene, expr: Expr): boolean {
  let found = false;
  walkExpr(meaningOf(scene, expr), (each) => {
    if (each.kind === 'attribute' && /^(?:named_)?parameters$/.test(each.name)) found = true;
  });
  return found || scene.tensorOf(expr)?.weight === true;
}

/** What is outside of the loop and whose `grad` is read in each step. */
export function leavesOf({ loop, call }: GradientLoop): readonly Expr[] {
  const bound = boundIn(loop);
  const found: Expr[] = [];
  walkLoop(loop, (each) => {
    if (each.kind !== 'attribute' || each.name !== 'grad' || each.start < call.end) return;
    if (!followsFrom(each.object, bound)) found.push(each.object);
  });
  return found;
}
