/** MM401: training in float32 on CUDA without a word on the precision of products. */
import type { CallExpr } from '../lower/ir';
import { walkBody } from '../lower/walk';
import type { FileModel } from '../infer/model';
import { codeOnly } from '../syntax/codeOnly';
import type { Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm401: Rule = {
  code: 'MM401',
  name: 'tf32-unused',
  category: 'hardware',
  summary: 'A script that trains in float32 on CUDA and never says whether products may use TF32.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  topLevel: true,
  since: '0.1.0',
  docs: {
    finds:
      'The first `.backward()` of a file that moves tensors or modules to `cuda` by name and multiplies where it ' +
      'trains, while nothing in the file speaks of another precision: no `set_float32_matmul_precision`, ' +
      '`allow_tf32`, `fp32_precision`, autocast, half precision, float64, and no trainer that sets it.',
    why:
      'Since 1.12 PyTorch multiplies float32 matrices in full float32, away from the tensor cores. ' +
      '`torch.set_float32_matmul_precision("high")` lets devices from Ampere on round the inputs of each product to TF32: ' +
      '10 bits of mantissa in place of 23, a relative error of about 5e-4 per input, sums still in float32. The ' +
      'products run several times faster where they are large; older devices and the CPU gain nothing. It is a setting of the ' +
      'whole process, libraries included. Training mostly does not notice; solvers, covariances, distances by ' +
      'differences of squares and tests against references do.',
    example: `def train(x: torch.Tensor, w: torch.Tensor) -> None:
    x, w = x.to("cuda"), w.to("cuda")
    loss = (x @ w).square().mean()
    loss.backward()`,
    instead: `torch.set_float32_matmul_precision("high")


def train(x: torch.Tensor, w: torch.Tensor) -> None:
    x, w = x.to("cuda"), w.to("cuda")
    loss = (x @ w).square().mean()
    loss.backward()`,
  },
  detect(scene) {
    if (!scene.source(scene.def).includes('.backward(')) return [];
    if (!scene.analysis.operations.some((each) => each.framework === 'torch')) return [];
    if (!scene.ask((file) => file.once('trains in plain float32 on CUDA', () => isPlainCuda(file)))) return [];
    const call = firstBackward(scene);
    if (!call) return [];
    const { start, end } = call.callee;
    const message =
      'These products run in full float32: `torch.set_float32_matmul_precision("high")` lets CUDA round their inputs to TF32 (10 bits, a relative error of about 5e-4 each), for the whole process.';
    return [{ start, end, message, fixes: [] }];
  },
};

const MOVES = /\.cuda\(|\.to\(\s*(?:device\s*=\s*)?["']cuda|\bdevice\(\s*["']cuda|\bdevice\s*=\s*["']cuda/;
const SPEAKS =
  /set_float32_matmul_precision|allow_tf32|fp32_precision|autocast|float16|float64|\bfp16\b|\.half\(|\.double\(|GradScaler|Accelerator|lightning|deepspeed|fairseq|precision|gpytorch|set_default_dtype/i;

function isPlainCuda(file: FileModel): boolean {
  // What is said in a string or a comment sets nothing; the device is named in one.
  return MOVES.test(file.text) && !SPEAKS.test(codeOnly(file.text));
}

/** The first one of the file, if it stands here. */
function firstBackward(scene: FunctionScene): CallExpr | null {
  const { key } = scene;
  const isFirst = (file: FileModel): boolean =>
    key === ''
      ? // Functions of the file may come before the top level's own code.
        !file.facts.functions.some((each) => file.textOf(each).includes('.backward('))
      : !codeOnly(file.text.slice(0, file.originOf(key))).includes('.backward(');
  if (!scene.ask(isFirst)) return null;
  const calls: CallExpr[] = [];
  walkBody(scene.def.body, (each) => {
    if (each.kind === 'call' && each.callee.kind === 'attribute' && each.callee.name === 'backward') calls.push(each);
  });
  return calls[0] ?? null;
}
