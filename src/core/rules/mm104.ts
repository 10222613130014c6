/** MM104: Linear layers of one shape, called one after the other. */
import type { CallExpr, Expr } from '../lower/ir';
import { mentions, walkExpr } from '../lower/walk';
import { integerLiteral } from './literals';
import { followingNames, independentSteps } from './match/independentSteps';
import type { IndependentSteps } from './match/independentSteps';
import { evenLayers, linearLayers } from './match/layerLists';
import { listUse } from './match/listUse';
import type { ListUse } from './match/listUse';
import { boundIn, followsFrom, loopsOf, steppedThrough, stepsOf } from './match/loops';
import type { Loop, Steps } from './match/loops';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

const LONG = 8;

export const mm104: Rule = {
  code: 'MM104',
  name: 'list-of-linears',
  category: 'vectorize',
  summary:
    'Linear layers of one shape in a list, called one after the other; stacked weights need one batched product.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'A loop or comprehension over an `nn.ModuleList` of `nn.Linear` of one shape (heads, experts, an ensemble) that ' +
      'calls each layer on the same input, or on its own slice of a tensor, and stacks, concatenates or adds up the results. ' +
      'A result that the next layer is given, layers whose sizes may differ (those whose results on one input can be stacked do ' +
      'not), or inputs that may differ in shape keep the rule silent.',
    why:
      'Each call is a product of its own, too small to fill a device. With the weights in one tensor of shape ' +
      '(layers, out, in) a single `torch.einsum` or `torch.bmm` does the same multiplications in one call; on one shared ' +
      'input the layers are one wide Linear. The weights must be stacked when the module is constructed: stacking them in ' +
      '`forward`, also by `torch.func.stack_module_state`, copies all of them in each call and is slower than the ' +
      'loop. It changes the keys of the `state_dict`, the parameters that optimizers see, and how the weights are ' +
      'initialized (`nn.Linear` draws each by its own number of inputs), so that nothing is edited here. For few large layers there is ' +
      'nothing to gain. Modules of several layers can be stacked once, outside of `forward`, and called by `torch.vmap` over ' +
      '`torch.func.functional_call`.',
    example: `class Heads(nn.Module):
    def __init__(self, dim: int, heads: int):
        super().__init__()
        self.heads = nn.ModuleList([nn.Linear(dim, 16) for _ in range(heads)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.stack([head(x) for head in self.heads], dim=1)`,
    instead: `class Heads(nn.Module):
    def __init__(self, dim: int, heads: int):
        super().__init__()
        layers = [nn.Linear(dim, 16) for _ in range(heads)]
        self.weight = nn.Parameter(torch.stack([each.weight.detach() for each in layers]))
        self.bias = nn.Parameter(torch.stack([each.bias.detach() for each in layers]))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.einsum("bi,hoi->bho", x, self.weight) + self.bias`,
  },
  detect(scene) {
    const calls = scene.analysis.operations.filter(
      ({ kind, module, loops }) => kind === 'linear_call' && module?.type === 'torch.nn.Linear' && loops.length > 0,
    );
    if (calls.length === 0) return [];
    const loops = loopsOf(scene);
    // Of several lists that one loop goes through, such as those of queries and keys, the first speaks for all.
    const found = new Map<Loop, Detection>();
    for (const { expr, loops: around } of calls) {
      const loop = loops.find((each) => each.start === around.at(-1)?.start);
      const detection = loop && !found.has(loop) && expr.kind === 'call' ? detectCall(scene, loop, expr) : null;
      if (loop && detection) found.set(loop, detection);
    }
    return [...found.values()];
  },
};

function detectCall(scene: FunctionScene, loop: Loop, call: CallExpr): Detection | null {
  const steps = countedSteps(scene, loop);
  const [input, more] = call.args;
  if (!steps || input?.name !== null || more) return null;
  const layers = layersOf(steps, call.callee);
  // A step of many statements is a model of its own, of which a list of layers is a small part.
  const body = loop.element || loop.body.length > LONG ? null : independentSteps(loop);
  if (!layers || (!loop.element && !body)) return null;
  const way = collected(scene, loop, call, body);
  if (!way || !isOwnInput(scene, loop, steps, input.value, body, way !== 'joined')) return null;
  // What can be stacked is of one width, and one input is of one width, too.
  const isAlike = way === 'stacked' && !followsFrom(input.value, boundIn(loop));
  if (!evenLayers(scene, layers) && !(isAlike && linearLayers(scene, layers))) return null;
  return {
    start: loop.start,
    end: loop.end,
    message:
      `The Linear layers of \`${scene.source(layers)}\` have one shape and are called one after the other: with ` +
      'stacked weights one `torch.einsum` or `torch.bmm` computes the same.',
    fixes: [],
  };
}

/** `range(1, n)` counts, too: where layers are taken by `i - 1`, it is all the same. */
function countedSteps(scene: FunctionScene, loop: Loop): Steps | null {
  const steps = stepsOf(scene, loop);
  if (steps || loop.target.kind !== 'name' || loop.iterable.kind !== 'call') return steps;
  const { callee, args } = loop.iterable;
  const [first, second, more] = args;
  const isRange = scene.qualifiedName(callee) === 'builtins.range' && !more;
  if (!isRange || !first || second?.name !== null || integerLiteral(first.value) === null) return null;
  return { counter: loop.target.name, items: new Map() };
}

/** The list whose layer of this step is called: `layer`, `self.layers[i]`, `self.layers[i - 1]`. */
function layersOf(steps: Steps, callee: Expr): Expr | null {
  if (callee.kind === 'name') return steps.items.get(callee.name) ?? null;
  const [at, more] = callee.kind === 'subscript' ? callee.index : [];
  if (callee.kind === 'subscript' && at?.kind === 'binary' && !more) {
    const { left, right, operator } = at;
    const isOffset = left.kind === 'name' && left.name === steps.counter && integerLiteral(right) !== null;
    return isOffset && /^[+-]$/.test(operator) && !mentions(callee.object, left.name) ? callee.object : null;
  }
  return steppedThrough(callee, steps.counter);
}

/** The same for all layers, or one slice for each; nothing that a step before has made. */
function isOwnInput(
  scene: FunctionScene,
  loop: Loop,
  steps: Steps,
  input: Expr,
  body: IndependentSteps | null,
  stacked: boolean,
): boolean {
  if (input.kind === 'name' && steps.items.has(input.name)) {
    const source = steps.items.get(input.name);
    return source !== undefined && (stacked || scene.tensorOf(source) !== null);
  }
  const source = steppedThrough(input, steps.counter);
  const bound = boundIn(loop);
  if (source) return !followsFrom(source, bound) && (stacked || scene.tensorOf(source) !== null);
  if (input.kind !== 'name' && input.kind !== 'attribute') return false;
  if (!followsFrom(input, bound)) return true;
  // What the step makes itself, of its own slice: results that can be stacked are of inputs of one shape.
  return stacked && input.kind === 'name' && body?.locals.some(({ names }) => names.includes(input.name)) === true;
}

/** How the results become one tensor; null where they do not, or where the loop does something else, too. */
function collected(scene: FunctionScene, loop: Loop, call: CallExpr, body: IndependentSteps | null): ListUse | null {
  if (loop.element) return isPartOf(loop.element, call) ? listUse(scene, loop.start, null) : null;
  if (!body) return null;
  const follows = followingNames(body, [], (each) => each === call);
  const kept = body.kept.filter(({ value }) => followsFrom(value, follows, (each) => each === call));
  const [first] = kept;
  if (!first || kept.length !== body.kept.length) return null;
  for (const { way, name, value, end } of kept) {
    // What is made of a result may have another shape, which a sum does not tell.
    if (way === 'added') return isPartOf(value, call) || body.locals.length <= 1 ? 'added' : null;
    const found = way === 'stored' ? 'stacked' : listUse(scene, end, name);
    if (found) return found;
  }
  return null;
}

function isPartOf(whole: Expr, part: Expr): boolean {
  let found = false;
  walkExpr(whole, (each) => {
    if (each === part) found = true;
  });
  return found;
}
