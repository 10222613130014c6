/** MM901: operands of a product whose sizes do not fit. */
import type { Operation } from '../infer/operations';
import type { Shape } from '../infer/shapes';
import { rankError, sizeError } from './errors/products';
import type { SizeError } from './errors/products';
import { operandText, origins } from './errors/report';
import { certainErrors } from './errors/sites';
import { tensordotError } from './errors/tensordot';
import type { Rule } from './rule';

export const mm901: Rule = {
  code: 'MM901',
  name: 'sizes-differ',
  category: 'error',
  summary: 'A product whose operands cannot be multiplied: inner sizes differ, or batches cannot be broadcast.',
  severity: 'error',
  surface: 'hint',
  applicability: null,
  topLevel: true,
  since: '0.1.0',
  docs: {
    finds:
      'Products (`@`, `matmul`, `mm`, `bmm`, `mv`, `dot`, `addmm`, `baddbmm`, `tensordot`, `multi_dot`, attention and their like) of ' +
      'operands whose sizes certainly do not fit: inner sizes that differ, batches that cannot be broadcast, an ' +
      'addend that is no part of the product. Only sizes that are written out count (in code, in a `# shape:` ' +
      'comment or a jaxtyping annotation), followed through assignments that are certain to reach the product. ' +
      'Defaults, attributes that may be replaced, code under `try` or a test of an exception keep the rule silent.',
    why:
      'PyTorch raises a RuntimeError when the line runs, after data has been loaded and other layers have been ' +
      'computed. The sizes are known before, and the message says where they come from.',
    example: `def scores():
    queries = torch.randn(8, 64)
    keys = torch.randn(10, 64)
    return queries @ keys`,
    instead: `def scores():
    queries = torch.randn(8, 64)
    keys = torch.randn(10, 64)
    return queries @ keys.T`,
  },
  detect(scene) {
    return certainErrors(scene, errorOf).map(({ operation, operands, error }) => {
      const [left, right] = [operands[error.left], operands[error.right]];
      const text = [left, right].map((each) => (each ? operandText(scene, each.expr, each.shape) : ''));
      const message =
        error.left === error.right
          ? `No power of ${text[0] ?? ''}: ${error.what}.`
          : `${text.join(' and ')} do not fit: ${error.what}.`;
      return {
        start: operation.start,
        end: operation.end,
        message,
        fixes: [],
        related: origins(
          scene,
          [left, right].filter((each) => each !== undefined),
        ),
      };
    });
  },
};

function errorOf(op: string, shapes: readonly Shape[], { expr }: Operation): SizeError | null {
  if (op === 'linear' || rankError(op, shapes)) return null;
  if (op === 'tensordot') return expr.kind === 'call' ? tensordotError(expr, shapes) : null;
  // Along which dimension `vecdot` sums matters for none but the last.
  if (op === 'vecdot' && expr.kind === 'call' && expr.args.some((each) => each.name === 'dim')) return null;
  return sizeError(op, shapes);
}
