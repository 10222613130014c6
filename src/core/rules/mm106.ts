/** MM106: the rows of a Jacobian or Hessian, one gradient after the other. */
import { areWeights, gradientLoops, leavesOf } from './match/gradients';
import type { GradientLoop } from './match/gradients';
import { jacobianRows } from './match/jacobianRows';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm106: Rule = {
  code: 'MM106',
  name: 'jacobian-rows',
  category: 'vectorize',
  summary:
    'A loop that differentiates one output after the other; batched gradients take all rows in one backward pass.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'A loop over the outputs of one computation that takes `torch.autograd.grad(y[i], x, retain_graph=True)`, or ' +
      'the same with a basis vector as `grad_outputs`, and collects the rows: a Jacobian, or a Hessian where `y` is a ' +
      'gradient itself. The outputs must be known to be a tensor. Rows that are only added up (a divergence, a ' +
      'Laplacian, task losses of their own) keep the rule silent.',
    why:
      'Each row is a backward pass through the same graph, with products of one vector and a matrix. With ' +
      '`is_grads_batched=True` the pass runs once, on a matrix of basis vectors: the same multiplications, as ' +
      'products of matrices, and the calls of one pass in place of *m*. `create_graph=True` keeps its meaning. ' +
      'The intermediate gradients of all rows are in memory at once; for very many outputs batches of rows are the middle way. ' +
      'Where `x` has far fewer elements than `y`, `torch.func.jacfwd` needs fewer passes than there are rows. ' +
      'What has no rule for `vmap` (a custom `autograd.Function`, some in-place and sparse operations) cannot be ' +
      'batched, and with `allow_unused=True` there is one None for all rows and not one a row.',
    example: `def jacobian(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    y = torch.tanh(weight @ x)
    rows = [torch.autograd.grad(y[i], x, retain_graph=True)[0] for i in range(y.shape[0])]
    return torch.stack(rows)`,
    instead: `def jacobian(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    y = torch.tanh(weight @ x)
    basis = torch.eye(y.shape[0], dtype=y.dtype, device=y.device)
    return torch.autograd.grad(y, x, basis, is_grads_batched=True)[0]`,
  },
  detect: (scene) => gradientLoops(scene).flatMap((each) => detectLoop(scene, each) ?? []),
};

function detectLoop(scene: FunctionScene, found: GradientLoop): Detection | null {
  const { loop, inputs } = found;
  // One backward pass for each sample's loss is what MM105 speaks of.
  if (inputs && areWeights(scene, inputs)) return null;
  const outputs = jacobianRows(scene, found);
  // `y[i].backward(retain_graph=True)` fills the gradients of all leaves; the rows are those of the one that is read.
  const leaf = inputs ?? leavesOf(found)[0];
  if (!outputs || !leaf) return null;
  return {
    start: loop.start,
    end: loop.end,
    message:
      `A backward pass for each row of the derivative of \`${scene.source(outputs)}\`: ` +
      `\`torch.autograd.grad(${scene.source(outputs)}, ${scene.source(leaf)}, basis, is_grads_batched=True)\` takes all rows in one.`,
    fixes: [],
  };
}
