/** MM105: the gradients of each sample, one backward pass after the other. */
import type { Expr } from '../lower/ir';
import { walkExpr } from '../lower/walk';
import { areWeights, gradientLoops, leavesOf } from './match/gradients';
import type { GradientLoop } from './match/gradients';
import { isPlain, jacobianRows } from './match/jacobianRows';
import { boundIn, derivedNames, followsFrom, isTensor, steppedThrough, walkLoop } from './match/loops';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm105: Rule = {
  code: 'MM105',
  name: 'per-sample-gradients',
  category: 'vectorize',
  summary:
    'A loop that takes the gradient of each sample by a backward pass of its own; `vmap` of `grad` takes them all.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'A loop over the samples of a batch, or over their losses, that takes the gradient of the weights for each ' +
      '(`torch.autograd.grad(loss_i, params)`, or `loss_i.backward()` and a copy of each `.grad`) and collects them. A loop ' +
      'that steps an optimizer, changes weights, only adds gradients up, goes through chunks, draws at random, ' +
      'branches, or needs what the step before computed keeps the rule silent.',
    why:
      'Each step runs a forward and a backward pass with one row: matrix times vector, *n* times over, each with the ' +
      'cost of its calls. `torch.func.vmap(torch.func.grad(...))` runs the same arithmetic as batched products. ' +
      'Where the losses come from one pass over the batch, each backward pass even goes through the whole ' +
      'graph: *n* times the batch in place of once. All gradients are held at once, as they are in the list; so are the ' +
      'intermediate values of all samples, which is what `chunk_size=` of `vmap` is for. It pays for many small ' +
      'samples, not for a few large ones. Not everything can be batched so: BatchNorm must be replaced (it mixes the ' +
      'samples), dropout needs `randomness="different"`, and neither in-place changes of what is not batched nor ' +
      'branches on values are possible. The gradients can be differentiated again, as with `create_graph=True`. ' +
      'Hooks on modules and on tensors’ gradients do not see single samples.',
    example: `def per_sample(weight: torch.Tensor, x: torch.Tensor, y: torch.Tensor):
    weight = weight.requires_grad_()
    rows = []
    for i in range(x.shape[0]):
        loss = (x[i] @ weight - y[i]).square().sum()
        rows.append(torch.autograd.grad(loss, weight)[0])
    return torch.stack(rows)`,
    instead: `def per_sample(weight: torch.Tensor, x: torch.Tensor, y: torch.Tensor):
    def loss(weight, x_i, y_i):
        return (x_i @ weight - y_i).square().sum()

    return torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))(weight, x, y)`,
  },
  detect: (scene) => gradientLoops(scene).flatMap((each) => detectLoop(scene, each) ?? []),
};

function detectLoop(scene: FunctionScene, found: GradientLoop): Detection | null {
  const { loop, inputs } = found;
  const varying = derivedNames(loop, variablesOf(found));
  if (!followsFrom(found.output, varying) || (found.cotangent && !isPlain(scene, found.cotangent))) return null;
  if (inputs && (followsFrom(inputs, varying) || followsFrom(inputs, boundIn(loop)))) return null;
  const samples = samplesOf(scene, found);
  if (!samples || !isOfWeights(scene, found)) return null;
  const { start, end } = loop;
  const what = `the gradients of ${inputs ? `\`${scene.source(inputs)}\`` : 'the weights'}`;
  return {
    start,
    end,
    message:
      `A backward pass of its own for each step through \`${scene.source(samples)}\`: ` +
      `\`torch.func.vmap(torch.func.grad(...), in_dims=(None, 0))\` takes ${what} for all of them at once.`,
    fixes: [],
  };
}

function variablesOf({ steps }: GradientLoop): readonly string[] {
  return [...(steps.counter === null ? [] : [steps.counter]), ...steps.items.keys()];
}

/** The tensor whose slices the steps take; null where any of them may be a list of things that differ in shape. */
function samplesOf(scene: FunctionScene, { loop, steps }: GradientLoop): Expr | null {
  for (const source of steps.items.values()) if (!isTensor(scene, source, loop)) return null;
  const [first = null] = steps.items.values();
  const sources: Expr[] = [];
  let other = false;
  const taken = new Set<Expr>();
  walkLoop(loop, (each) => {
    const source = steppedThrough(each, steps.counter);
    if (source && each.kind === 'subscript') {
      sources.push(source);
      each.index.forEach((part) => walkExpr(part, (inner) => taken.add(inner)));
    } else if (each.kind === 'name' && each.name === steps.counter && !taken.has(each)) other = true;
  });
  if (other) return null;
  const bound = boundIn(loop);
  // What the step stores its gradients in is stepped through, too.
  const read = sources.filter((each) => !followsFrom(each, bound) && isTensor(scene, each, loop));
  return first ?? read[0] ?? null;
}

/** The pass runs in the loop, or the losses are differentiated for all weights; rows of a Jacobian are another matter. */
function isOfWeights(scene: FunctionScene, found: GradientLoop): boolean {
  if (found.inputs && areWeights(scene, found.inputs)) return true;
  if (found.inputs === null) {
    let weights = false;
    walkLoop(found.loop, (each) => {
      if (each.kind === 'attribute' && /^(?:named_)?parameters$/.test(each.name)) weights = true;
    });
    if (weights) return true;
    return jacobianRows(scene, found) === null && leavesOf(found).length > 0;
  }
  return jacobianRows(scene, found) === null;
}
