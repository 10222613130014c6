/** Scaled dot-product attention. */
import { op } from '../op';
import type { Op } from '../op';
import { call } from '../python';

export const ATTENTION: readonly Op[] = [
  // The layout stays PyTorch's (..., heads, length, depth): jax.nn.dot_product_attention wants (batch, length,
  // heads, depth), and differs on rows that a mask hides completely, where PyTorch gives zeros.
  op(
    'F.scaled_dot_product_attention',
    'query, key, value, attn_mask=, dropout_p=, is_causal=, scale=, enable_gqa=',
    (c) => {
      const dropout = c.arg('dropout_p');
      if (dropout && c.number('dropout_p') !== 0)
        return c.refuse('attention with dropout draws random numbers', 'pass `p if self.training else 0.0`');
      if (c.arg('enable_gqa'))
        return c.refuse('enable_gqa is not translated', 'repeat key and value heads with repeat_interleave');
      const mask = c.arg('attn_mask');
      return c.fresh(
        call(c.prelude('attention'), [c.tensor('query'), c.tensor('key'), c.tensor('value')], {
          mask: mask?.code,
          is_causal: c.py('is_causal'),
          scale: c.py('scale'),
        }),
        { elements: 'float', rank: c.facts('query').rank },
      );
    },
  ),
];
