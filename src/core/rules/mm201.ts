/** MM201: matrix products among pointwise work, in a function that is not compiled. */
import { isCall } from '../infer/operations';
import { walkBody } from '../lower/walk';
import { breaksGraph, isCompiled } from './compiled';
import { decoratorEdit, headerSpan } from './header';
import type { Rule } from './rule';
import type { FunctionScene } from './scene';
import { torchName } from './match/moduleNames';

/** An activation after each product is what an MLP has, and there compilation was measured not to pay. */
const LEAST_POINTWISE = 4;

const POINTWISE =
  /^(?:torch\.(?:nn\.functional\.|special\.)?)?(?:relu|gelu|silu|sigmoid|tanh|softmax|log_softmax|softplus|elu|leaky_relu|exp|log|log1p|expm1|sqrt|rsqrt|square|abs|neg|sin|cos|erf|pow|add|sub|mul|div|clamp|maximum|minimum|where|normalize|layer_norm|rms_norm|masked_fill)$/;

export const mm201: Rule = {
  code: 'MM201',
  name: 'uncompiled-chain',
  category: 'compile',
  summary: 'Matrix products among pointwise work in a function that is not compiled; `torch.compile` can fuse it.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'unsafe',
  since: '0.1.0',
  docs: {
    finds:
      'A function with matrix products and at least four pointwise operations on tensors that is not compiled yet ' +
      'and holds nothing that a compiler must stop at (`.item()`, `print`, NumPy). It is offered in the lightbulb ' +
      'only, and never drawn into the code, until a race of this function on this device has measured a gain.',
    why:
      'Each pointwise operation reads and writes its whole tensor. A compiler fuses neighbouring ones into one ' +
      'pass over memory; the products themselves it leaves as they are. A lone product or a plain MLP gains ' +
      'nothing, and compiling costs seconds once and again for each new shape: race it before you keep it.',
    example: `def gate(x: torch.Tensor, w: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    h = x @ w
    return torch.sigmoid(h) * torch.tanh(x @ v) + h * 0.5 - x.mean(-1, keepdim=True)`,
    instead: `@torch.compile
def gate(x: torch.Tensor, w: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    h = x @ w
    return torch.sigmoid(h) * torch.tanh(x @ v) + h * 0.5 - x.mean(-1, keepdim=True)`,
  },
  detect(scene) {
    const facts = scene.file.functionFacts(scene.key);
    const products = scene.analysis.operations.filter((each) => isCall(each) && each.framework === 'torch');
    if (!facts || products.length === 0 || facts.name === '__init__' || facts.def.async) return [];
    if (breaksGraph(scene) || isCompiled(scene, facts) || scene.analysis.returned.kind === 'closure') return [];
    const pointwise = countPointwise(scene);
    if (pointwise < LEAST_POINTWISE) return [];
    const torch = torchName(scene);
    const { start, end } = headerSpan(scene);
    return [
      {
        start,
        end,
        message: `${products.length} matrix product${products.length === 1 ? '' : 's'} among ${pointwise} pointwise operations: \`torch.compile\` can fuse them. Race it to see whether it pays here.`,
        fixes:
          torch === null
            ? []
            : [
                {
                  title: `Compile ${facts.name} with ${torch}.compile`,
                  applicability: 'unsafe',
                  edits: [decoratorEdit(scene, `@${torch}.compile`)],
                },
              ],
      },
    ];
  },
};

function countPointwise(scene: FunctionScene): number {
  let count = 0;
  walkBody(scene.def.body, (each) => {
    if (each.kind === 'binary' && each.operator !== '@' && scene.tensorOf(each)) count++;
    if (each.kind !== 'call') return;
    const qualified = scene.qualifiedName(each.callee);
    const name =
      qualified ?? (each.callee.kind === 'attribute' && scene.tensorOf(each.callee.object) ? each.callee.name : '');
    if (POINTWISE.test(name)) count++;
  });
  return count;
}
