/** MM902: an operand with a number of dimensions that its product does not take. */
import { operandText, origins } from './errors/report';
import { rankError } from './errors/products';
import { certainErrors } from './errors/sites';
import type { Rule } from './rule';

export const mm902: Rule = {
  code: 'MM902',
  name: 'wrong-rank',
  category: 'error',
  summary: 'An operand with a number of dimensions that its product does not take, such as `bmm` of matrices.',
  severity: 'error',
  surface: 'hint',
  applicability: null,
  topLevel: true,
  since: '0.1.0',
  docs: {
    finds:
      '`bmm` and `baddbmm` of anything but two stacks of matrices, `mm` and `addmm` of anything but two matrices, `mv` of ' +
      'anything but a matrix and a vector, `dot` and `outer` of anything but vectors, a product with a scalar. ' +
      'The number of dimensions must be certain, by the same conditions as for MM901.',
    why:
      'Only `matmul` and `@` broadcast; the other products take exactly one number of dimensions and raise a ' +
      'RuntimeError for any other one.',
    example: `def attend():
    weights = torch.rand(10, 10)
    values = torch.rand(4, 10, 64)
    return torch.bmm(weights, values)`,
    instead: `def attend():
    weights = torch.rand(10, 10)
    values = torch.rand(4, 10, 64)
    return weights @ values`,
  },
  detect(scene) {
    return certainErrors(scene, rankError).flatMap(({ operation, operands, error }) => {
      const operand = operands[error.at];
      if (!operand) return [];
      const rank = operand.shape.dims.length;
      return [
        {
          start: operation.start,
          end: operation.end,
          message: `\`${operation.op}\` takes ${error.wanted} here, and ${operandText(scene, operand.expr, operand.shape)} is ${rank}-D.`,
          fixes: [],
          related: origins(scene, [operand]),
        },
      ];
    });
  },
};
