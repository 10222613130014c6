/**
 * What a fix is tried on: the inputs of a race, and those that tell equal code from code that is equal on good days.
 * Each case changes the inputs, or how they are handed over, and nothing of the code that is looked at.
 */
import type { InputSpec } from '../../protocol/request';
import type { Mode } from '../../protocol/vocabulary';

export interface VerificationCase {
  /** In words that follow "with": `inputs as they are`. */
  readonly label: string;
  readonly inputs: readonly InputSpec[];
  readonly modes: readonly Mode[];
  /** Hands every tensor over as a transposed copy of itself, of the same values, whose memory has gaps. */
  readonly strided: boolean;
}

type Tensor = Extract<InputSpec, { readonly kind: 'float' | 'index' | 'mask' }>;

/** The cases that inputs allow, the plain one first. */
export function verificationCases(inputs: readonly InputSpec[]): readonly VerificationCase[] {
  const plain: VerificationCase = {
    label: 'inputs as they are',
    inputs,
    modes: ['forward', 'training'],
    strided: false,
  };
  const tensors = inputs.filter(isTensor);
  if (tensors.length === 0) return [plain];
  const changed = (label: string, change: (each: Tensor) => InputSpec): VerificationCase => ({
    label,
    inputs: inputs.map((each) => (isTensor(each) ? change(each) : each)),
    modes: ['forward'],
    strided: false,
  });
  const cases = [
    plain,
    { ...plain, label: 'inputs that are not contiguous', strided: true },
    changed('Inf among the values', (each) => special(each, 'inf')),
    changed('NaN among the values', (each) => special(each, 'nan')),
  ];
  if (inputs.some((each) => each.kind === 'mask')) cases.push(changed('a row that is masked throughout', masked));
  const leading = leadingSize(tensors);
  if (leading !== null) {
    for (const [size, label] of [
      [1, 'a leading size of one'],
      [0, 'a leading size of zero'],
    ] as const)
      if (leading !== size) cases.push(changed(label, (each) => resized(each, leading, size)));
  }
  return cases;
}

function isTensor(each: InputSpec): each is Tensor {
  return each.kind === 'float' || each.kind === 'index' || each.kind === 'mask';
}

/** The first size of the first tensor, where it may be a number of samples: it is that of no other dimension. */
function leadingSize(tensors: readonly Tensor[]): number | null {
  const leading = tensors[0]?.shape[0] ?? null;
  return leading === null || tensors.some(({ shape }) => shape.slice(1).includes(leading)) ? null : leading;
}

function resized(each: Tensor, from: number, to: number): InputSpec {
  return each.shape[0] === from ? { ...each, shape: [to, ...each.shape.slice(1)] } : each;
}

const TORCH_DTYPES = { f16: 'float16', bf16: 'bfloat16', f32: 'float32', f64: 'float64' } as const;

/** One element, the second of the tensor, is not finite: its row and its column are, the others stay what they were. */
function special(each: Tensor, value: 'inf' | 'nan'): InputSpec {
  if (each.kind !== 'float' || !(each.dtype in TORCH_DTYPES)) return each;
  const dtype = TORCH_DTYPES[each.dtype as keyof typeof TORCH_DTYPES];
  const shape = `(${each.shape.map((size) => `${size}, `).join('')})`;
  const count = each.shape.reduce((product, size) => product * size, 1);
  if (count < 2) return each;
  const place = `(torch.arange(${count}) == 1).reshape(${shape})`;
  const expression = `torch.randn(${shape}, dtype=torch.${dtype}).masked_fill(${place}, float("${value}"))`;
  return { kind: 'expression', name: each.name, expression };
}

/** Nothing of the last row may be attended to. */
function masked(each: Tensor): InputSpec {
  if (each.kind !== 'mask' || each.shape.length < 2 || each.shape.includes(0)) return each;
  const shape = `(${each.shape.map((size) => `${size}, `).join('')})`;
  const rows = each.shape.at(-2) ?? 1;
  const expression = `(torch.rand(${shape}) < ${each.density}) & (torch.arange(${rows}) < ${rows - 1}).unsqueeze(-1)`;
  return { kind: 'expression', name: each.name, expression };
}
