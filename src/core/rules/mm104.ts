/** MM104: Linear layers of one shape, called one after the other. */
import type { CallExpr, Expr, Stmt } from '../lower/ir';
import { mentions, walkBody, walkExpr } from '../lower/walk';
import { evenLayers } from './match/layerLists';
import { boundIn, followsFrom, loopsOf, steppedThrough, stepsOf } from './match/loops';
import type { Loop, Steps } from './match/loops';
import { meaningOf } from './match/meaning';
import { torchCallOf } from './match/torchCall';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

/** What makes one tensor of a list; those that demand one shape of all its items, and those that do not. */
const STACKS = new Set(['stack', 'sum']);
const JOINS = new Set(['cat', 'concat', 'concatenate', 'hstack', 'vstack', 'dstack']);

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
      'A result that the next layer is given, layers whose sizes differ, or inputs that may differ in shape keep the rule silent.',
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
    return calls.flatMap(({ expr, loops: around }) => {
      const loop = loops.find((each) => each.start === around.at(-1)?.start);
      return loop && expr.kind === 'call' ? (detectCall(scene, loop, expr) ?? []) : [];
    });
  },
};

function detectCall(scene: FunctionScene, loop: Loop, call: CallExpr): Detection | null {
  const steps = stepsOf(scene, loop);
  const [input, more] = call.args;
  if (!steps || input?.name !== null || more) return null;
  const layers = layersOf(steps, call.callee);
  if (!layers || !evenLayers(scene, layers)) return null;
  const way = collected(scene, loop, call);
  if (!way || !isOwnInput(scene, loop, steps, input.value, way === 'stacked')) return null;
  return {
    start: loop.start,
    end: loop.end,
    message:
      `The Linear layers of \`${scene.source(layers)}\` have one shape and are called one after the other: with ` +
      'stacked weights one `torch.einsum` or `torch.bmm` computes the same.',
    fixes: [],
  };
}

/** The list whose layer of this step is called: `layer`, `self.layers[i]`. */
function layersOf(steps: Steps, callee: Expr): Expr | null {
  if (callee.kind === 'name') return steps.items.get(callee.name) ?? null;
  return steppedThrough(callee, steps.counter);
}

/** The same for all layers, or one slice for each; nothing that a step before has made. */
function isOwnInput(scene: FunctionScene, loop: Loop, steps: Steps, input: Expr, stacked: boolean): boolean {
  if (input.kind === 'name' && steps.items.has(input.name)) {
    const source = steps.items.get(input.name);
    return source !== undefined && (stacked || scene.tensorOf(source) !== null);
  }
  const source = steppedThrough(input, steps.counter);
  const bound = boundIn(loop);
  if (source) return !followsFrom(source, bound) && (stacked || scene.tensorOf(source) !== null);
  return (input.kind === 'name' || input.kind === 'attribute') && !followsFrom(input, bound);
}

/** How the results become one tensor; null where they do not, or where the loop does something else, too. */
function collected(scene: FunctionScene, loop: Loop, call: CallExpr): 'stacked' | 'joined' | null {
  if (loop.element) return isPartOf(loop.element, call) ? useOf(scene, loop.start, null) : null;
  const [first, second, more] = loop.body;
  if (!first || more) return null;
  // `y = layer(x)` may stand before the statement that keeps it.
  const named = second && first.kind === 'assign' && first.targets.length === 1 ? first.targets[0] : null;
  if (second && (named?.kind !== 'name' || first.kind !== 'assign' || first.value !== call)) return null;
  const keeps = (value: Expr): boolean =>
    named?.kind === 'name' ? mentions(value, named.name) : isPartOf(value, call);
  return keptBy(scene, second ?? first, keeps);
}

function keptBy(scene: FunctionScene, statement: Stmt, keeps: (value: Expr) => boolean): 'stacked' | 'joined' | null {
  if (statement.kind === 'expr') {
    const { value } = statement;
    if (value.kind !== 'call' || value.callee.kind !== 'attribute' || value.callee.name !== 'append') return null;
    const [only, more] = value.args;
    const list = value.callee.object;
    if (list.kind !== 'name' || !only || more || !keeps(only.value) || mentions(only.value, list.name)) return null;
    return useOf(scene, statement.end, list.name);
  }
  if (statement.kind === 'augment')
    return statement.operator === '+' && statement.target.kind === 'name' && keeps(statement.value) ? 'stacked' : null;
  if (statement.kind !== 'assign' || !statement.value || !keeps(statement.value)) return null;
  const [target, more] = statement.targets;
  const { value } = statement;
  if (!target || more) return null;
  if (target.kind === 'subscript') return target.object.kind === 'name' ? 'stacked' : null;
  // `total = total + layer(x)`
  if (target.kind !== 'name' || value.kind !== 'binary' || value.operator !== '+') return null;
  const sides = [value.left, value.right];
  const isTotal = (side: Expr): boolean => side.kind === 'name' && side.name === target.name;
  return sides.some(isTotal) && sides.some((side) => !mentions(side, target.name) && keeps(side)) ? 'stacked' : null;
}

/** What a list is given to, by its name or as the comprehension that begins there. */
function useOf(scene: FunctionScene, start: number, name: string | null): 'stacked' | 'joined' | null {
  let way: 'stacked' | 'joined' | null = null;
  walkBody(scene.def.body, (each) => {
    if (each.kind !== 'call' || (name !== null && each.start < start)) return;
    const [list] = each.args;
    if (!list || (name === null ? !isComprehension(scene, list.value, start) : !isNamed(list.value, name))) return;
    const called = torchCallOf(scene, each)?.name ?? '';
    if (STACKS.has(called) || scene.qualifiedName(each.callee) === 'builtins.sum') way = 'stacked';
    else if (JOINS.has(called)) way ??= 'joined';
  });
  return way;
}

function isNamed(expr: Expr, name: string): boolean {
  return expr.kind === 'name' && expr.name === name;
}

function isComprehension(scene: FunctionScene, expr: Expr, start: number): boolean {
  const made = expr.kind === 'name' ? meaningOf(scene, expr) : expr;
  return made.kind === 'comprehension' && made.start === start;
}

function isPartOf(whole: Expr, part: Expr): boolean {
  let found = false;
  walkExpr(whole, (each) => {
    if (each === part) found = true;
  });
  return found;
}
