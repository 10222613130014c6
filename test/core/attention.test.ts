/** Attention written by hand where no edit is offered: what is told is told for reading. */
import assert from 'node:assert/strict';
import { findingsOf } from '../../src/core';
import type { Finding } from '../../src/core';
import { TestCore } from './support/analyze';

const HEADER = `import torch
import torch.nn.functional as F
from torch import Tensor, nn

class Attention(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.drop = nn.Dropout(p) if p > 0.0 else nn.Identity()
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor):
`;

/** Bodies of `forward`, with the call that the message must show. */
const TOLD: readonly (readonly [string, string, string])[] = [
  [
    'a mask under a condition',
    `scores = q @ k.transpose(-2, -1) * 0.5
if mask is not None:
    lowest = torch.finfo(scores.dtype).min
    mask = mask[:, None]
    scores.masked_fill_(~mask, lowest)
return scores.softmax(dim=-1) @ v`,
    'F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=0.5)',
  ],
  [
    'a bias under one of two conditions',
    `scores = q @ k.transpose(-2, -1)
if mask is None:
    pass
elif mask.dim() == 2:
    scores += mask[None]
else:
    scores = scores + mask
return scores.softmax(dim=-1) @ v`,
    'F.scaled_dot_product_attention(q, k, v, attn_mask=..., scale=1.0)',
  ],
  [
    'a mask beside a bias',
    `scores = q @ k.transpose(-2, -1) + self.bias
scores = scores.masked_fill(mask, float("-inf"))
return scores.softmax(dim=-1) @ v`,
    'F.scaled_dot_product_attention(q, k, v, attn_mask=..., scale=1.0)',
  ],
  [
    'what may be no dropout',
    `weights = self.drop((q @ k.transpose(-2, -1)).softmax(dim=-1))
return weights @ v`,
    'F.scaled_dot_product_attention(q, k, v, dropout_p=..., scale=1.0)',
  ],
  [
    'a result that is viewed',
    `out = self.softmax(q @ k.transpose(-2, -1)) @ v
return out.view(2, -1)`,
    'F.scaled_dot_product_attention(q, k, v, scale=1.0)',
  ],
  [
    'a comment at a statement that would go',
    `scores = q @ k.transpose(-2, -1)  # (B, H, L, S)
return scores.softmax(dim=-1) @ v`,
    'F.scaled_dot_product_attention(q, k, v, scale=1.0)',
  ],
  [
    'queries that are others by then',
    `scores = q @ k.transpose(-2, -1)
q = q * 2
return scores.softmax(dim=-1) @ v + q`,
    'F.scaled_dot_product_attention(q, k, v, scale=1.0)',
  ],
  [
    'keys that are changed in place in between',
    `scores = q @ k.transpose(-2, -1)
k.zero_()
return scores.softmax(dim=-1) @ v`,
    'F.scaled_dot_product_attention(q, k, v, scale=1.0)',
  ],
  [
    'a shape that is asked for',
    `scores = q @ k.transpose(-2, -1)
length = scores.shape[-1]
return scores.softmax(dim=-1) @ v * length`,
    'F.scaled_dot_product_attention(q, k, v, scale=1.0)',
  ],
  [
    'a product in another block',
    `scores = q @ k.transpose(-2, -1)
if mask is None:
    return scores.softmax(dim=-1) @ v
return v`,
    'F.scaled_dot_product_attention(q, k, v, scale=1.0)',
  ],
];

describe('attention written by hand', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const found = (body: string): readonly Finding[] =>
    findingsOf(core.analyze(`${HEADER}${body.replace(/^(?=.)/gm, '        ')}\n`)).filter(
      (each) => each.code === 'MM308',
    );

  for (const [name, body, call] of TOLD) {
    it(`is told without an edit: ${name}`, () => {
      const [only, more] = found(body);
      assert.ok(only && !more);
      assert.deepEqual(only.fixes, []);
      assert.ok(only.message.includes(`\`${call}\``), only.message);
    });
  }

  it('reaches the function by the names that the file imports', () => {
    for (const [imported, name] of [
      ['import torch', 'torch.nn.functional'],
      ['import torch\nfrom torch import nn as layers', 'torch.nn.functional'],
      ['from torch import matmul, softmax\nfrom torch import nn', 'nn.functional'],
      ['from torch import matmul, softmax\nfrom torch.nn import functional', 'functional'],
    ] as const) {
      const call = imported.includes('softmax') ? ['softmax', 'matmul'] : ['torch.softmax', 'torch.matmul'];
      const text = `${imported}\n\ndef f(q, k, v):\n    return ${call[1]}(${call[0]}(${call[1]}(q, k.mT), dim=-1), v)\n`;
      const [only] = findingsOf(core.analyze(text)).filter((each) => each.code === 'MM308');
      assert.equal(only?.fixes[0]?.edits[0]?.newText, `${name}.scaled_dot_product_attention(q, k, v, scale=1.0)`);
    }
  });
});
