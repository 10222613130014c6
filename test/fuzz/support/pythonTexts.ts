/** Texts by chance that look like the Python which this tool is for: modules, layers, loops, products. */
import type { Chance } from './chance';
import { Expressions, FIELDS, MODULES, NAMES } from './expressions';

const IMPORTS = ['import torch', 'import torch.nn as nn', 'from torch import nn', 'import torch.nn.functional as F', 'import numpy as np', 'import jax.numpy as jnp', 'from torch import matmul as mm', 'from torch.nn import *', 'from einops import rearrange', 'from .other import Linear, helper as fn', 'from functools import partial', 'from torch.nn import Linear', 'try:\n    from fast import Linear\nexcept ImportError:\n    Linear = nn.Linear', 'from jaxtyping import Float', 'from . import (\n    a,\n    b as größe,\n)']; // prettier-ignore
const BASES = ['nn.Module', 'nn.Module', 'nn.Module', 'nn.Linear', 'nn.Sequential', 'object', 'Linear', '(nn.Module if x else object)', 'nn.Module, metaclass=M']; // prettier-ignore
const DECORATORS = [
  '@torch.compile',
  '@torch.no_grad()',
  '@property',
  '@staticmethod',
  '@classmethod',
  '@jax.jit',
  '@fn',
  '@dataclass',
];
const COMMENTS = [
  '# shape: x=f32[B, 3]',
  '# shape: *=f32[2, n',
  '# matmul-lens: ignore',
  '# matmul-lens: ignore[MM101',
  '# 🚀 größe',
  '# type: ignore',
];
const ANNOTATIONS = [
  '',
  '',
  '',
  ': torch.Tensor',
  ': int = 4',
  ' = None',
  ': Float[Tensor, "b n c"]',
  '=nn.Linear',
  ': "Model"',
];
const CLASSES = ['A', 'B', 'Model', 'Größe'];
const FUNCTIONS = ['f', 'g', 'helper', 'make'];

export class PythonText {
  private readonly expressions: Expressions;
  /** Statements that may still be written: else definitions within each other would go on for ever. */
  private room = 20;

  constructor(private readonly chance: Chance) {
    this.expressions = new Expressions(chance, [...CLASSES, ...FUNCTIONS]);
  }

  write(): string {
    const { chance } = this;
    const imports = chance.some(6, () => chance.pick(IMPORTS));
    const items = [this.item(), ...chance.some(4, () => this.item())];
    return `${['import torch', 'from torch import nn', ...imports, ...items.flat()].join('\n')}\n`;
  }

  private item(): readonly string[] {
    switch (this.chance.below(5)) {
      case 0:
      case 1:
        return this.classOf();
      case 2:
      case 3:
        return this.function(this.chance.pick(FUNCTIONS), false);
      default:
        return this.statement(2);
    }
  }

  private classOf(): readonly string[] {
    const { chance } = this;
    const header = `class ${chance.pick(CLASSES)}(${chance.pick([...BASES, ...CLASSES])}):`;
    const constructor = ['def __init__(self, dim=64, n: int = 2, fn=None):', '    super().__init__()'];
    const fields = chance.some(5, () => `    self.${chance.pick(FIELDS)} = ${this.layer()}`);
    const methods = ['forward', '__call__', 'helper', 'fc', '__init__']
      .filter(() => chance.once(2))
      .flatMap((name) => this.function(name, true));
    const body = [...(chance.once(6) ? [] : [...constructor, ...fields]), ...methods];
    return [...this.decorators(8), header, ...indented(body.length > 0 ? body : ['pass'])];
  }

  private layer(): string {
    const { chance } = this;
    if (chance.once(3)) return this.expressions.any();
    const size = (): string => chance.pick(['dim', '64', 'n * dim', 'dim // n', 'cfg.dim']);
    const linear = `${chance.pick(MODULES)}(${size()}, ${size()})`;
    return chance.pick([linear, linear, `nn.Sequential(${linear}, nn.GELU(), nn.Linear(64, 64))`, `nn.ModuleList([${linear} for _ in range(n)])`, `nn.ModuleDict({'a': ${linear}})`]); // prettier-ignore
  }

  private function(name: string, method: boolean): readonly string[] {
    const { chance } = this;
    const parameters = chance.some(4, (at) => `${NAMES[at] ?? 'x'}${chance.pick(ANNOTATIONS)}`);
    const all = [...(method ? ['self'] : []), ...parameters, ...(chance.once(6) ? ['*args'] : [])];
    const header = `${chance.once(12) ? 'async ' : ''}def ${name}(${all.join(', ')}):`;
    const body = [...this.block(3), ...(chance.once(3) ? [] : [`return ${this.expressions.any()}`])];
    return [...(chance.once(6) ? [chance.pick(COMMENTS)] : []), ...this.decorators(5), header, ...indented(body)];
  }

  private decorators(times: number): readonly string[] {
    return this.chance.once(times) ? [this.chance.pick(DECORATORS)] : [];
  }

  private block(depth: number): readonly string[] {
    return [...this.statement(depth), ...this.chance.some(2, () => this.statement(depth)).flat()];
  }

  private statement(depth: number): readonly string[] {
    const { chance, expressions } = this;
    if (--this.room < 0) return ['pass'];
    const expression = (): string => expressions.any();
    const target = (): string => chance.pick([...NAMES, 'B, T, C', 'self.fc', 'a, *b', 'x[0]', 'self.layers[i]']);
    const nested = (): readonly string[] => indented(this.block(depth - 1));
    switch (chance.below(depth > 0 ? 17 : 8)) {
      case 0:
      case 1:
      case 2:
        return [`${target()} = ${expression()}`];
      case 3:
        return [`${target()} ${chance.pick(['@', '+', '*'])}= ${expression()}`];
      case 4:
        return [expression()];
      case 5:
        return [`B, T, C = x.shape${chance.once(4) ? `  ${chance.pick(COMMENTS)}` : ''}`];
      case 6:
        return [chance.pick([...COMMENTS, 'pass', 'break', 'continue', `assert ${expression()}`, `del x`, 'global x', 'raise', `return ${expression()}`])]; // prettier-ignore
      case 7:
        return [`${target()}: ${expression()} = ${expression()}`];
      case 8:
      case 9:
        return [`for ${chance.pick(['i', 'x', 'i, (a, b)', 'self.x'])} in ${expression()}:`, ...nested(), ...(chance.once(5) ? ['else:', ...nested()] : [])]; // prettier-ignore
      case 10:
        return [`while ${expression()}:`, ...nested()];
      case 11:
        return [`if ${expression()}:`, ...nested(), ...chance.some(2, () => [`elif ${expression()}:`, ...nested()]).flat(), ...(chance.once(2) ? ['else:', ...nested()] : [])]; // prettier-ignore
      case 12:
        return [`with ${expression()} as ${this.expressions.name()}:`, ...nested()];
      case 13:
        return ['try:', ...nested(), 'except Exception as e:', ...nested(), 'finally:', ...nested()];
      case 14:
        return [`match ${expression()}:`, '    case [x, *y] | {"a": x}:', ...indented(nested()), '    case _:', ...indented(nested())]; // prettier-ignore
      case 15:
        return this.function(chance.pick(FUNCTIONS), false);
      default:
        return this.classOf();
    }
  }
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((each) => `    ${each.replaceAll('\n', '\n    ')}`);
}
