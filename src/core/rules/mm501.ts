/** MM501: a function or module that can be written in JAX. */
import { isCall } from '../infer/operations';
import { headerSpan } from './header';
import type { Rule } from './rule';

export const mm501: Rule = {
  code: 'MM501',
  name: 'convert-to-jax',
  category: 'jax',
  summary: 'A pure function or simple module that can be written in JAX, and raced against it.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'A function, or the `forward` of an `nn.Module`, with matrix products, of which every part has a faithful ' +
      'equivalent in JAX. It is offered in the lightbulb only. What cannot be translated faithfully is refused ' +
      'with its reason and line, never guessed.',
    why:
      'Whether `jax.jit` is faster than PyTorch for a function depends on its sizes and on the machine. The ' +
      'translation is what a race compares, and a start for moving code: a function keeps its parameters; a module ' +
      'becomes `model(params, *inputs)` with `params_from_torch(module)`, ready for `jit`, `grad` and `vmap`.',
    example: `def score(q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    return torch.softmax(q @ k.transpose(-1, -2), dim=-1)`,
    instead: `def score(q, k):
    return jax.nn.softmax(jnp.matmul(q, jnp.swapaxes(k, -1, -2)), axis=-1)`,
  },
  detect(scene) {
    const facts = scene.file.functionFacts(scene.key);
    const multiplies = scene.analysis.operations.some((each) => isCall(each) && each.framework === 'torch');
    if (!facts || !multiplies || (facts.owner !== null && facts.name !== 'forward') || !scene.convertible()) return [];
    const what = facts.owner ?? facts.name;
    return [
      {
        ...headerSpan(scene),
        message: `\`${what}\` can be written in JAX: convert it, or race both.`,
        fixes: [{ title: `Convert ${what} to JAX`, applicability: 'display', edits: [] }],
      },
    ];
  },
};
