/** Samples of reductions, products and normalisation. */
import type { Samples } from './samples';

const OVER_AXES = [
  'x',
  'x; 1',
  'x; -1; True',
  'c; (0, 2)',
  'c; [0, 1]; keepdim=True',
  'x; dim=0; dtype=torch.float16',
  'x; dtype=torch.float64',
  'x; dim=None',
];
const ONE_AXIS = ['x', 'x; 1', 'x; -1; True', 'x; dim=0; keepdim=False'];
const PLACED = ['x', 'x; 1', 'x; dim=-1; keepdim=True', 'x; dim=None'];
const SPREAD = [
  'x',
  'x; dim=1',
  'x; dim=(0, 1)',
  'x; -1; False',
  'x; -1; True; True',
  'x; dim=0; correction=0',
  'x; dim=0; correction=2; keepdim=True',
  'x; unbiased=False',
  'c; dim=[0, 2]; unbiased=True; keepdim=True',
  '! x; False',
];

export const REDUCTIONS: Samples = {
  sum: OVER_AXES,
  mean: OVER_AXES,
  nansum: OVER_AXES,
  nanmean: OVER_AXES,
  prod: ['x', 'x; 1', 'x; -1; True', 'x; dim=0; dtype=torch.float64', 'z'],
  amax: [...ONE_AXIS, 'c; (0, 2)', 'z', 'z; 1'],
  amin: [...ONE_AXIS, 'c; (0, 2)', 'z', 'z; 1'],
  argmax: PLACED,
  argmin: PLACED,
  all: [...ONE_AXIS, 'b', 'b; 1', 'c; (0, 2)'],
  any: [...ONE_AXIS, 'b', 'b; 1', 'c; (0, 2)'],
  max: [...ONE_AXIS, 'x; y', 'z', 'z; 1'],
  min: [...ONE_AXIS, 'x; y', 'z', 'z; 1'],
  var: SPREAD,
  std: SPREAD,
  logsumexp: ['x; 1', 'x; (0, 1)', 'x; -1; True'],
  cumsum: ['x; 1', 'x; -1; dtype=torch.float16', 'c; dim=0'],
  cumprod: ['x; 1', 'x; -1; dtype=torch.float64', 'z; 1'],
  norm: ['x', 'x; 2', 'x; dim=1', 'x; 2; -1; True', 'x; 1; 0', 'c; dim=(0, 2)', 'z; dim=1', 'z - z', '! x; 3', 'x; "fro"', 'x; p=1'],
  'torch.linalg.norm': ['x', 'x; dim=1', 'x; 2; 1', 'c; dim=(0, 1); keepdim=True', 'z; dim=-1', '! x; 2', '! x; 1'],
  'torch.linalg.vector_norm': ['x', 'x; 2; 1', 'x; dim=(0, 1)', 'x; 1; -1; True', 'z; dim=1', '! x; 3'],
  'F.normalize': ['x', 'x; dim=-1', 'x; 2.0; 0', 'z; dim=1', 'x; p=2; dim=1; eps=0.5', '! x; 1'],
  'F.cosine_similarity': ['x; y', 'x; y; -1', 'x; y; dim=0; eps=0.5', 'z; y; dim=1', 'c; x; 2', 'x; z'],
  trace: ['s', 'x'],
  numel: ['x', 'c'],
  sort: ['x', 'x; 0', 'x; dim=-1; descending=True', 'x; 1; True', 'z', 'x; descending=False'],
  argsort: ['x', 'x; 0', 'x; dim=-1; descending=True'],
  topk: ['x; 2', 'x; k=2; dim=-1', 'x; 2; -1; True; True', '! x; 2; dim=0', '! x; 2; largest=False'],
};

export const PRODUCTS: Samples = {
  matmul: ['x; m', 'c; m', 'c; d', 'x; v', 'v; m', 'v; v'],
  mm: ['x; m'],
  bmm: ['c; d'],
  mv: ['x; v'],
  dot: ['v; v'],
  vdot: ['v; v'],
  inner: ['x; y', 'c; x', 'v; v'],
  outer: ['v; a'],
  addmm: ['x @ m; x; m', '~ x @ m; x; m; beta=0.5; alpha=2', 'torch.full((3, 5), float("nan")); x; m; beta=0', '~ w[:, 0]; x; m; alpha=0.5', 'e; x; m', 'w[:, 0]; x; m; beta=2; alpha=3', '! k; k; k.T; alpha=0.5'],
  baddbmm: ['c @ d; c; d', '~ c @ d; c; d; beta=0.5; alpha=2', 'torch.full((2, 3, 5), float("nan")); c; d; beta=0', 'e; c; d'],
  addbmm: ['x @ m; c; d', '~ x @ m; c; d; beta=0.5; alpha=2', 'torch.full((3, 5), float("nan")); c; d; beta=0'],
  addmv: ['a; x; v', '~ a; x; v; beta=0.5; alpha=2', 'torch.full((3,), float("nan")); x; v; beta=0', '! k[:, 0]; k; k[0]; alpha=0.5'],
  'F.linear': ['x; w', 'x; w; w[:, 0]', 'c; w; bias=None', 'x; v'],
  'F.bilinear': ['x; y; c[:, :, 0].unsqueeze(-1) * c', 'x; y; torch.stack([s, s]); v[:2]', 'c; c; torch.stack([s, s]); None'],
  einsum: ['"ij,jk->ik"; x, m', '"bij,bjk"; c, d', '"...ij,jk->...ik"; c, m', '"ii->i"; s', '~ "ij->"; x', '! "ij->"; b', '! x; [0, 1], [1, 0]'],
  tensordot: ['x; m; 1', 'x; y', 'c; d; ([0, 2], [0, 1])', 'x; y; dims=[[0], [0]]', 'x; y; 0'],
  chain_matmul: ['x, m, w'],
  'torch.linalg.multi_dot': ['[x, m, w]', '(x, m)'],
  'torch.linalg.vecdot': ['x; y', 'x; y; dim=0', 'c; x'],
  'torch.linalg.matrix_power': ['s; 2', 's; 0', 's; 3'],
};

export const NORMALIZATION: Samples = {
  'F.softmax': ['x; -1', 'x; 0', 'c; dim=1', 'x; -1; dtype=torch.float64', 'x.half(); dim=-1; dtype=torch.float32', '! x'],
  'F.log_softmax': ['x; -1', 'x; 0', 'c; dim=1', 'x; -1; dtype=torch.float64', '! x'],
  'F.softmin': ['x; -1', 'x; dim=0', '! x'],
  'F.layer_norm': ['x; (4,)', 'x; [4]; v', 'x; (4,); v; v; 0.01', 'c; (3, 4)', 'c; (3, 4); x; y', 'c; c.shape[1:]', 'x; x.shape[-1:]; None; v; eps=1e-3'],
  'F.rms_norm': ['x; (4,)', 'x; [4]; v; 0.01', 'c; (3, 4); x', 'z; (4,); eps=1e-3'],
  'F.mse_loss': ['x; y', 'x; y; reduction="sum"', 'x; y; reduction="none"'],
  'F.l1_loss': ['x; y', 'x; y; reduction="sum"', 'x; y; reduction="none"', 'z; z.detach(); reduction="sum"'],
};

export const ATTENTION: Samples = {
  'F.scaled_dot_product_attention': [
    'c; c; c',
    'c; c; c; is_causal=True',
    'c; c; c; s[:3, :3]',
    'c; c; c; b[:, :3]',
    'c; c; c; attn_mask=None; dropout_p=0.0; is_causal=False; scale=0.5',
    'c; d.mT; d.mT',
    'x; y; x',
    'c; d.mT; d.mT; is_causal=True',
    'c; c; c; b[:, :3] & False',
    '! c; c; c; dropout_p=0.1',
    '! c; c; c; enable_gqa=True',
  ],
};
