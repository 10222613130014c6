/** MM904: a linear layer that is fed a width that it does not take. */
import { formatDim } from '../infer/dims';
import type { Operation } from '../infer/operations';
import { lastSize } from '../infer/shapes';
import type { Shape } from '../infer/shapes';
import type { CallExpr, Expr } from '../lower/ir';
import { isMeant, reshapesInPlace } from './errors/expected';
import { layerOf, layerThatGave, misfitIn } from './errors/layers';
import type { Misfit } from './errors/layers';
import { operandText, origins } from './errors/report';
import { certainErrors } from './errors/sites';
import { differ } from './errors/sizes';
import { CertainValues } from './errors/values';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm904: Rule = {
  code: 'MM904',
  name: 'wrong-width',
  category: 'error',
  summary: 'A linear layer that is fed a width that it does not take.',
  severity: 'error',
  surface: 'hint',
  applicability: null,
  topLevel: true,
  since: '0.1.0',
  docs: {
    finds:
      'Calls of an `nn.Linear`, of an `nn.Sequential` of layers, and of `F.linear`, whose input certainly has ' +
      'another width than the layer takes, mostly because the layer before gives another one. A layer counts ' +
      'where its widths are written out and the constructor of its class alone assigns it.',
    why:
      'The widths of neighbouring layers are written in the constructor, far from where one is fed to the other, ' +
      'and the mistake shows only when the model is run: `mat1 and mat2 shapes cannot be multiplied`.',
    example: `def head(x: Float[Tensor, "batch 512"]):
    layer = nn.Linear(768, 10)
    return layer(x)`,
    instead: `def head(x: Float[Tensor, "batch 512"]):
    layer = nn.Linear(512, 10)
    return layer(x)`,
  },
  detect(scene) {
    return [...layers(scene), ...functional(scene)];
  },
};

function layers(scene: FunctionScene): readonly Detection[] {
  const suspects = scene.analysis.operations.filter(isSuspect);
  if (suspects.length === 0 || reshapesInPlace(scene)) return [];
  const values = new CertainValues(scene);
  return suspects.flatMap(({ expr }) => {
    const input = expr.kind === 'call' ? onlyInput(expr) : null;
    if (expr.kind !== 'call' || !input) return [];
    const shape = values.shapeOf(input);
    const misfit = misfitIn(layerOf(values, expr.callee), shape);
    return misfit && isMeant(scene, expr) ? [misfitDetection(values, expr, input, misfit)] : [];
  });
}

/** Of a single layer inference has an idea; what a container does inside is looked at in any case. */
function isSuspect({ kind, operands, module }: Operation): boolean {
  if (kind === 'container_call') return true;
  const [input, weight] = operands;
  if (kind !== 'linear_call' || !module || !input || !weight) return false;
  return differ(lastSize(input.value.shape), lastSize(weight.value.shape));
}

function onlyInput({ args }: CallExpr): Expr | null {
  const [first, more] = args;
  return first && !more && (first.name === null || first.name === 'input') ? first.value : null;
}

function misfitDetection(values: CertainValues, call: CallExpr, input: Expr, misfit: Misfit): Detection {
  const { scene } = values;
  const { layer, taken, given, giver } = misfit;
  const callee = `\`${scene.source(call.callee)}\``;
  const fed = operandText(scene, giver ? null : input, given);
  const source = giver?.made ?? layerThatGave(values, input);
  return {
    start: call.start,
    end: call.end,
    message: `${giver ? `A layer of ${callee}` : callee} takes ${formatDim(taken)} features and gets ${fed}.`,
    fixes: [],
    related: [
      { ...layer.made, message: `It takes ${formatDim(taken)} features.` },
      ...(source
        ? [{ ...source, message: 'The width that it gets is made here.' }]
        : origins(scene, [{ expr: input, shape: given }])),
    ],
  };
}

function functional(scene: FunctionScene): readonly Detection[] {
  return certainErrors(scene, widthError).map(({ operation, operands, error: [given, taken] }) => ({
    start: operation.start,
    end: operation.end,
    message: `The weight takes ${taken} features and gets ${given}: ${operands.map((each) => operandText(scene, each.expr, each.shape)).join(' and ')}.`,
    fixes: [],
    related: origins(scene, operands),
  }));
}

/** The width of the input of `F.linear`, and the one that its weight takes. */
function widthError(op: string, [input, weight]: readonly Shape[]): readonly [string, string] | null {
  const [given, taken] = [input ? lastSize(input) : null, weight ? lastSize(weight) : null];
  if (op !== 'linear' || !given || !taken || !differ(given, taken)) return null;
  return [formatDim(given), formatDim(taken)];
}
