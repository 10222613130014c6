/** `torch.vmap(f, in_dims, out_dims)(...)`, called where it is made, as `jax.vmap`. */
import { canonicalName } from '../link/names';
import type { CallExpr, Expr, LambdaExpr } from '../lower/ir';
import { OUTSIDE, present, tensorKnown } from './known';
import type { Known, Term } from './known';
import { call, integer, NONE, tuple } from './python';
import type { Py } from './python';
import type { Translator } from './translator';

const VMAP = /^torch\.(?:func\.|_functorch\.apis\.)?vmap$/;

/** @returns null where the call is not of this form */
export function translateVmap(t: Translator, expr: CallExpr): Term | null {
  const { callee: made } = expr;
  if (made.kind !== 'call') return null;
  const maker = present(t.expr(made.callee).known);
  if (maker.kind !== 'qualified' || !VMAP.test(canonicalName(maker.name))) return null;
  const [func, ...more] = made.args;
  const given = new Map(more.map((each, at) => [each.name ?? ['in_dims', 'out_dims'][at] ?? '?', each.value]));
  const strange = [...given.keys()].find((each) => each !== 'in_dims' && each !== 'out_dims');
  if (func?.name !== null || strange !== undefined)
    return t.refuse(made, `this form of torch.vmap is not translated`, 'give it a function, in_dims and out_dims');
  if (expr.args.some((each) => each.name !== null))
    return t.refuse(expr, 'a mapped function is called with keywords or unpacked arguments');
  const inputs = given.get('in_dims');
  const axes = inputs ? axesOf(inputs, expr.args.length) : expr.args.map(() => 0);
  const output = given.get('out_dims');
  const outAxis = output ? axisOf(output) : 0;
  if (!axes || typeof outAxis !== 'number') return t.refuse(made, 'dimensions to map over must be plain numbers');
  return mapped(t, expr, func.value, axes, outAxis);
}

function mapped(t: Translator, expr: CallExpr, func: Expr, axes: readonly (number | null)[], outAxis: number): Term {
  const args = expr.args.map((each) => t.expr(each.value));
  const refused = args.find((each) => each.known.kind === 'refused');
  if (refused) return refused;
  const items = args.map((each, at): Known => {
    const source = expr.args[at]?.value ?? expr;
    if (axes[at] === null) return each.known;
    const whole = t.asTensor(source, present(each.known));
    return tensorKnown({ elements: whole.elements, rank: whole.rank === null ? null : whole.rank - 1, roots: OUTSIDE });
  });
  const lambda = func.kind === 'lambda' ? func : calling(t, func, args.length);
  if (lambda.parameters.length !== args.length || lambda.parameters.some((each) => each.form !== 'positional'))
    return t.refuse(func, 'the mapped function does not take these arguments one by one');
  const before = new Map(t.variables);
  lambda.parameters.forEach((each, at) => {
    const item = items[at];
    if (item) t.bind(each.name, item);
  });
  const body = t.expr(lambda.body);
  t.variables = before;
  const result = present(body.known);
  if (result.kind === 'refused') return body;
  if (result.kind !== 'tensor') return t.refuse(func, 'a mapped function must return one tensor');
  const one: Py = {
    kind: 'lambda',
    parameters: lambda.parameters.map((each) => ({ name: each.name, form: 'positional', default: null })),
    body: body.code,
  };
  const plain = axes.every((each) => each === 0);
  const code = call('jax.vmap', [one], {
    in_axes: plain ? null : tuple(axes.map((each) => (each === null ? NONE : integer(each)))),
    out_axes: outAxis === 0 ? null : integer(outAxis),
  });
  return {
    code: call(
      code,
      args.map((each) => each.code),
    ),
    known: tensorKnown({ elements: result.elements, rank: result.rank === null ? null : result.rank + 1 }),
  };
}

/** `lambda a, b: f(a, b)`, with names that nothing else here has. */
function calling(t: Translator, func: Expr, count: number): LambdaExpr {
  const { start, end } = func;
  const names = ['a', 'b', 'c', 'd', 'e', 'f'].slice(0, count).map((each) => {
    let name = each;
    while (t.variables.has(name)) name += '_';
    return name;
  });
  const args = names.map((name) => ({ name: null, value: { kind: 'name', name, start, end } as const }));
  return {
    kind: 'lambda',
    parameters: names.map((name) => ({ name, form: 'positional', annotation: null, default: null, start, end })),
    body: { kind: 'call', callee: func, args, start, end },
    start,
    end,
  };
}

function axesOf(expr: Expr, count: number): readonly (number | null)[] | null {
  const parts = expr.kind === 'tuple' || expr.kind === 'list' ? expr.items : Array.from({ length: count }, () => expr);
  const axes = parts.map(axisOf);
  return axes.length === count && axes.every((each) => each !== undefined) ? axes : null;
}

/** @returns undefined where it is neither a number nor None */
function axisOf(expr: Expr): number | null | undefined {
  if (expr.kind === 'number' && expr.integer) return expr.value;
  if (expr.kind === 'unary' && expr.operator === '-' && expr.operand.kind === 'number') return -expr.operand.value;
  return expr.kind === 'constant' && expr.value === 'None' ? null : undefined;
}
