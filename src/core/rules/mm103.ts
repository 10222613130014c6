/** MM103: several Linear layers on one input. */
import { add, formatDim } from '../infer/dims';
import type { Dim } from '../infer/dims';
import type { Operation } from '../infer/operations';
import { sizeOf, UNKNOWN } from '../infer/values';
import type { ModuleValue } from '../infer/values';
import type { CallExpr, NameExpr } from '../lower/ir';
import { isUnchanged } from './match/unchanged';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm103: Rule = {
  code: 'MM103',
  name: 'linears-on-one-input',
  category: 'vectorize',
  summary:
    'Several Linear layers of a module on one input, such as query, key and value; one wider layer can hold them all.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'Two or more `nn.Linear` of one module that are called on the same variable on the same way through the code: query, key and ' +
      'value, key and value of cross-attention, gate and up projection. The variable may not be bound again or ' +
      'changed in place between them, and the layers must agree in whether they have a bias.',
    why:
      'One layer with the outputs of all, split behind it, does the same multiplications in one product that reads ' +
      'the input once, and its backward pass sums the gradient of the input within one product. That saves calls where few rows are ' +
      'multiplied, as in decoding token by token; where each product fills the device already there is nothing to ' +
      'gain. It must be made when the module is constructed: concatenating the weights in `forward` copies all of them ' +
      'in each call and is slower than what it replaces. It changes the keys of the `state_dict` and the parameters that ' +
      'optimizers, LoRA, quantization and tensor parallelism speak of, and an initialization that depends on the ' +
      'number of outputs; nothing is edited here. The parts are views that are not contiguous: a `.view` on one of them may need `.reshape`.',
    example: `class Attention(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)
        self.v = nn.Linear(dim, dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = self.q(x), self.k(x), self.v(x)
        return torch.nn.functional.scaled_dot_product_attention(q, k, v)`,
    instead: `class Attention(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.qkv = nn.Linear(dim, 3 * dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        return torch.nn.functional.scaled_dot_product_attention(q, k, v)`,
  },
  detect(scene) {
    const owner = scene.file.functionFacts(scene.key)?.owner ?? null;
    const [self] = scene.def.parameters;
    if (owner === null || !self) return [];
    return groupsOf(scene, layerCalls(scene, self.name)).flatMap((group) => detectGroup(scene, group) ?? []);
  },
};

interface LayerCall {
  readonly operation: Operation;
  readonly expr: CallExpr;
  readonly layer: string;
  readonly module: ModuleValue;
  readonly input: NameExpr;
}

/** Calls of `self.layer(x)`, in the order of the text. */
function layerCalls(scene: FunctionScene, self: string): readonly LayerCall[] {
  const found: LayerCall[] = [];
  for (const operation of scene.analysis.operations) {
    const { expr, kind, module } = operation;
    if (kind !== 'linear_call' || module?.type !== 'torch.nn.Linear' || expr.kind !== 'call') continue;
    const { callee, args } = expr;
    const [input, more] = args;
    if (callee.kind !== 'attribute' || callee.object.kind !== 'name' || callee.object.name !== self) continue;
    if (input?.value.kind !== 'name' || more) continue;
    found.push({ operation, expr, layer: scene.source(callee), module, input: input.value });
  }
  return found.sort((a, b) => a.expr.start - b.expr.start);
}

/** Calls that certainly run together on one value. */
function groupsOf(scene: FunctionScene, calls: readonly LayerCall[]): readonly (readonly LayerCall[])[] {
  const groups: LayerCall[][] = [];
  for (const call of calls) {
    const group = groups.find(([first]) => first && goTogether(scene, first, call));
    if (!group) groups.push([call]);
    else if (!group.some((each) => each.layer === call.layer)) group.push(call);
  }
  return groups.filter((each) => each.length > 1);
}

function goTogether(scene: FunctionScene, a: LayerCall, b: LayerCall): boolean {
  if (a.input.name !== b.input.name || biasOf(a.module) !== biasOf(b.module) || !isOnWayOf(a, b)) return false;
  return isUnchanged(scene, a.input.name, a.expr, b.expr);
}

/** One with a bias and one without are no one layer. */
function biasOf({ args }: ModuleValue): string {
  const bias = args.get('bias');
  if (!bias) return 'true';
  return bias.kind === 'bool' && bias.value !== undefined ? String(bias.value) : 'unknown';
}

/** Neither runs without the other. */
function isOnWayOf({ operation: a }: LayerCall, { operation: b }: LayerCall): boolean {
  if (a.arms.length !== b.arms.length || a.loops.length !== b.loops.length) return false;
  return (
    a.arms.every(({ decision, way }, at) => b.arms[at]?.decision === decision && b.arms[at].way === way) &&
    a.loops.every(({ start, end }, at) => b.loops[at]?.start === start && b.loops[at].end === end)
  );
}

function detectGroup(scene: FunctionScene, group: readonly LayerCall[]): Detection | null {
  const [first, ...others] = group;
  if (!first) return null;
  const layers = group.map((each) => `\`${each.layer}\``);
  const width = widthOf(group);
  const last = layers.pop() ?? '';
  return {
    start: first.expr.start,
    end: first.expr.end,
    message:
      `${layers.join(', ')} and ${last} multiply the same \`${first.input.name}\`: one Linear ` +
      `${width ? `with \`${formatDim(width)}\` outputs` : 'with the outputs of all'}, made in the constructor and split behind its call, needs one product.`,
    fixes: [],
    related: others.map(({ expr: { start, end } }) => ({
      start,
      end,
      owner: scene.key,
      message: `the same \`${first.input.name}\``,
    })),
  };
}

function widthOf(group: readonly LayerCall[]): Dim | null {
  const sizes = group.map(({ module }) => sizeOf(module.args.get('out_features') ?? UNKNOWN));
  return sizes.reduce<Dim | null>((sum, each) => (sum && each ? add(sum, each) : null), { terms: [] });
}
