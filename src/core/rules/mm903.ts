/** MM903: einsum subscripts that are malformed, or that do not fit the operands. */
import type { Operation } from '../infer/operations';
import type { Shape } from '../infer/shapes';
import { equationError, operandCount, operandError } from './errors/einsum';
import { isMeant } from './errors/expected';
import { operandText, origins } from './errors/report';
import { certainErrors, listedOperands } from './errors/sites';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm903: Rule = {
  code: 'MM903',
  name: 'wrong-subscripts',
  category: 'error',
  summary: 'Einsum subscripts that are malformed, or that do not fit the operands.',
  severity: 'error',
  surface: 'hint',
  applicability: null,
  topLevel: true,
  since: '0.1.0',
  docs: {
    finds:
      'Calls of `torch.einsum` whose equation is malformed, has an index in its output that is in none of its ' +
      'inputs, takes another number of operands than it is given, names another number of dimensions than an ' +
      'operand has, or gives one index two sizes. Shapes count where they are certain, by the same conditions as ' +
      'for MM901; the equation counts wherever it is written out.',
    why:
      'The equation is a text that nothing checks before it runs; then PyTorch raises a RuntimeError that names an ' +
      'operand by its number. A wrong letter that happens to be valid is found by its sizes.',
    example: `def scores(q: torch.Tensor, k: torch.Tensor):
    return torch.einsum("bqd,bkd->bqs", q, k)`,
    instead: `def scores(q: torch.Tensor, k: torch.Tensor):
    return torch.einsum("bqd,bkd->bqk", q, k)`,
  },
  detect(scene) {
    const written = scene.analysis.operations.flatMap((each) => writtenError(scene, each) ?? []);
    const judge = (_: string, shapes: readonly Shape[], operation: Operation): string | null => {
      const equation = equationOf(operation);
      return equation === null || shapes.length !== operandCount(equation) || equationError(equation) !== null
        ? null
        : operandError(equation, shapes);
    };
    const shaped = certainErrors(scene, judge).map(({ operation, operands, error }) => ({
      start: operation.start,
      end: operation.end,
      message: `${error} The operands: ${operands.map((each) => operandText(scene, each.expr, each.shape)).join(', ')}.`,
      fixes: [],
      related: origins(scene, operands),
    }));
    return [...written, ...shaped];
  },
};

/** What is wrong with the equation, and with how many operands there are: the shapes do not matter for that. */
function writtenError(scene: FunctionScene, operation: Operation): Detection | null {
  const equation = equationOf(operation);
  if (equation === null) return null;
  const { start, end } = operation;
  const malformed = equationError(equation);
  const given = operandsGiven(operation);
  const taken = operandCount(equation);
  const error =
    malformed ??
    (given === null || given === taken
      ? null
      : `it takes ${taken} ${taken === 1 ? 'operand' : 'operands'} and gets ${given}.`);
  if (error === null || !isMeant(scene, operation)) return null;
  return { start, end, message: `\`${equation}\`: ${error}`, fixes: [] };
}

/** The equation of an einsum of torch, where it is written out in the call. */
function equationOf({ op, framework, expr }: Operation): string | null {
  if (op !== 'einsum' || framework !== 'torch' || expr.kind !== 'call') return null;
  const [first] = expr.args;
  return first?.value.kind === 'string' && (first.name === null || first.name === 'equation')
    ? first.value.value
    : null;
}

/** Null where that is not certain: a single operand may be a list of them. */
function operandsGiven({ expr }: Operation): number | null {
  if (expr.kind !== 'call' || expr.args.some((each, at) => at > 0 && each.name !== null)) return null;
  const count = expr.args.length - 1;
  return count === 1 ? (listedOperands(expr)?.length ?? null) : count;
}
