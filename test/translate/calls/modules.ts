/** Every module of torch.nn that is translated: constructions, and how each is called. */

/** By name: arguments of the constructor, then the call; `self.part(x)` where none is given. Marks as in samples.ts. */
export const MODULE_SAMPLES: Readonly<Record<string, readonly string[]>> = {
  Linear: [
    '4, 5',
    '4, 5, False',
    'in_features=4, out_features=5, bias=True',
    '4, 5 | self.part(c)',
    '4, 5 | self.part(v)',
    '4, 5, dtype=torch.bfloat16 | self.part(x.to(self.part.weight.dtype)).float()',
  ],
  Embedding: [
    '6, 3 | self.part(i)',
    '6, 3, padding_idx=1 | self.part(i)',
    '6, 3, -5 | self.part(k)',
    '6, 3, padding_idx=None | self.part(i)',
    '! 6, 3, max_norm=1.0 | self.part(i)',
  ],
  LayerNorm: [
    '4',
    '(3, 4) | self.part(c)',
    '[4], eps=0.01',
    '4, elementwise_affine=False',
    '4, 0.1, True, False',
    '(3, 4), elementwise_affine=False',
  ],
  RMSNorm: ['4', '(3, 4), eps=0.01 | self.part(c)', '4, elementwise_affine=False', '4, None', '4 | self.part(z)'],
  BatchNorm1d: ['4', '4, 0.1', '4, affine=False', '3 | self.part(c)', '! 4, track_running_stats=False'],
  MultiheadAttention: [
    '4, 2, batch_first=True | self.part(c, c, c, need_weights=False)[0]',
    '4, 2, bias=False, batch_first=True | self.part(c, 2 * c, c, need_weights=False)[0]',
    '! 4, 2 | self.part(c, c, c, need_weights=False)[0]',
    '! 4, 2, batch_first=True | self.part(c, c, c)[0]',
    '! 4, 2, batch_first=True | self.part(c, c, c, attn_mask=s[:3, :3], need_weights=False)[0]',
  ],
  Identity: [''],
  Dropout: ['', '0.3', 'p=0.2'],
  Dropout1d: ['0.3 | self.part(c)'],
  Dropout2d: ['0.3 | self.part(c)'],
  AlphaDropout: ['0.3'],
  ReLU: [''],
  ReLU6: [' | self.part(x * 5)', ' | self.part(z)'],
  SiLU: [''],
  Mish: [''],
  SELU: [''],
  Sigmoid: [''],
  Tanh: [''],
  Softsign: [''],
  LogSigmoid: [''],
  Hardswish: [' | self.part(x * 3)'],
  Hardsigmoid: [' | self.part(x * 3)'],
  ELU: ['', '0.5', 'alpha=2.0'],
  CELU: ['', '0.5'],
  LeakyReLU: ['', '0.2', 'negative_slope=0.3'],
  Hardtanh: ['', '~ -0.5, 0.25', '~ max_val=0.5', ' | self.part(z)'],
  GELU: ['', '"tanh"', 'approximate="none"'],
  Softplus: ['', '2', 'beta=0.5', '2, 20', '! threshold=5', ' | self.part(x * 30)'],
  PReLU: ['', 'init=0.1', ' | self.part(z)', '! 4'],
  GLU: ['', '0 | self.part(x.mT)', 'dim=1'],
  Softmax: ['-1', 'dim=0', '! '],
  LogSoftmax: ['-1', 'dim=0', '! '],
  Flatten: [' | self.part(c)', ' | self.part(c + 1)', '1, -1 | self.part(c)', '! 0'],
};

export interface ModuleSample {
  readonly construction: string;
  readonly call: string;
}

export function moduleSample(name: string, text: string): ModuleSample {
  const [args = '', call = 'self.part(x)'] = text.split('|').map((each) => each.trim());
  return { construction: `nn.${name}(${args})`, call };
}
