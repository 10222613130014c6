/** Attributes of torch.nn modules: their weights, and what they were constructed with. */
import type { Expr } from '../../lower/ir';
import { NUMBER, OUTSIDE, STATIC, tensorKnown } from '../known';
import type { ModuleKnown, Term } from '../known';
import { entryOf } from '../moduleParts';
import { attribute } from '../python';
import type { Translator } from '../translator';

const WEIGHTS = new Set(['weight', 'bias', 'in_proj_weight', 'in_proj_bias']);

export function torchModuleAttribute(t: Translator, module: ModuleKnown, name: string, at: Expr): Term {
  const { shape } = module;
  if (shape.kind !== 'torch') return t.refuse(at, `\`${name}\` is not translated`);
  if (WEIGHTS.has(name)) {
    const entry = entryOf(module.params, name);
    const bias = shape.args.get('bias');
    if (
      name === 'bias' &&
      bias &&
      !(bias.known.kind === 'bool' && bias.known.value === true && bias.code.kind === 'literal')
    )
      return t.refuse(at, 'whether this module has a bias depends on the constructor');
    if (!entry) return t.refuse(at, `\`${name}\` is read where no weights are at hand`);
    t.usesParams = true;
    return {
      code: entry,
      known: tensorKnown({ elements: 'float', roots: OUTSIDE, ...(name === 'bias' ? { rank: 1 } : {}) }),
    };
  }
  const given = shape.args.get(name);
  if (given)
    return { code: t.program.fact(t, given, module.path && attribute(module.path, name), name), known: given.known };
  if (/^(?:\w+_features|num_\w+|embedding_dim|embed_dim|head_dim|eps|p|dim)$/.test(name) && module.path) {
    const term: Term = { code: attribute(module.path, name), known: name === 'eps' ? STATIC : NUMBER };
    return { code: t.program.fact(t, { ...term, known: UNSPELT }, term.code, name), known: term.known };
  }
  return t.refuse(at, `the attribute \`${name}\` of ${shape.type} is not translated`);
}

const UNSPELT = { kind: 'unknown' } as const;
