/** Shapes of decompositions, and of what else is done with whole matrices. */
import assert from 'node:assert/strict';
import { formatShape } from '../../src/core/infer/shapes';
import { TestCore } from './support/analyze';

const HEADER = `import numpy as np
import torch
from torch import Tensor
from jaxtyping import Complex64, Float


def f(
    m: Float[Tensor, "4 5"],
    s: Float[Tensor, "4 4"],
    b: Float[Tensor, "7 4 5"],
    o: Float[Tensor, "*batch n n"],
    v: Float[Tensor, "5"],
    w: Float[Tensor, "7 5"],
    c: Complex64[Tensor, "4 4"],
    a: Float[np.ndarray, "4 5"],
    unknown: Tensor,
):
    `;

describe('shapes of linear algebra', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** The operands of the last product of some lines. */
  const operands = (lines: string): string => {
    const operation = core
      .analyze(`${HEADER}${lines.replaceAll('\n', '\n    ')}\n`)
      .functions.flatMap(({ operations }) => operations)
      .at(-1);
    return (operation?.operands ?? []).map(({ value }) => formatShape(value.shape)).join(' ');
  };

  const examples: readonly (readonly [string, string])[] = [
    ['L, Q = torch.linalg.eigh(s)\nL @ Q', '(4,) (4, 4)'],
    ['L, Q = torch.linalg.eigh(o)\nL @ Q', '(…, n) (…, n, n)'],
    ['L, Q = torch.linalg.eigh(A=s)\nL @ Q', '(4,) (4, 4)'],
    ['L, Q = torch.linalg.eig(s)\nL @ Q', '(4,) (4, 4)'],
    ['U, S, Vh = torch.linalg.svd(m, full_matrices=False)\n(U @ Vh, S @ S)', '(4,) (4,)'],
    ['U, S, V = torch.svd(b)\nU @ V', '(7, 4, ?) (7, ?, ?)'],
    ['U, S, V = m.svd()\nS @ V', '(4,) (?, ?)'],
    ['torch.linalg.svdvals(b) @ v', '(7, 4) (5,)'],
    ['torch.linalg.eigvalsh(s) @ m', '(4,) (4, 5)'],
    ['Q, R = torch.linalg.qr(m)\nQ @ R', '(4, ?) (?, 5)'],
    ['torch.linalg.inv(s) @ m', '(4, 4) (4, 5)'],
    ['s.inverse() @ torch.linalg.cholesky(s)', '(4, 4) (4, 4)'],
    ['torch.linalg.pinv(b) @ m', '(7, 5, 4) (4, 5)'],
    ['torch.linalg.det(b) @ w', '(7,) (7, 5)'],
    ['m @ torch.diag_embed(w)', '(4, 5) (7, 5, 5)'],
    ['m @ torch.diag_embed(w, offset=1)', '(4, 5) (…)'],
    ['m @ torch.diagflat(v)', '(4, 5) (5, 5)'],
    ['torch.diagonal(s) @ s', '(4,) (4, 4)'],
    ['b.diagonal(dim1=-2, dim2=-1) @ s', '(7, 4) (4, 4)'],
    ['torch.diagonal(b) @ s', '(5, 4) (4, 4)'],
    ['torch.diagonal(o, dim1=-2, dim2=-1) @ s', '(…, n) (4, 4)'],
    ['torch.linalg.eigh(unknown)[0] @ s', '(…, ?) (4, 4)'],
    ['U, S, Vh = np.linalg.svd(a)\nU @ Vh', '(4, ?) (?, ?)'],
    ['np.linalg.svd(a, compute_uv=False) @ a', '(4,) (4, 5)'],
  ];
  for (const [lines, expected] of examples) it(lines, () => assert.equal(operands(lines), expected));

  it('says that values of a complex Hermitian matrix have another dtype', () => {
    const { functions } = core.analyze(`${HEADER}L, Q = torch.linalg.eigh(c)\n    L @ L\n    Q @ Q\n`);
    const dtypes = functions.flatMap(({ operations }) => operations.map(({ operands: [first] }) => first?.value.dtype));
    assert.deepEqual(dtypes, [null, 'c64']);
  });
});
