/** Python expressions by chance, most of them about tensors. */
import type { Chance } from './chance';

/** Few, so that names meet what they are bound to; some of letters that JavaScript counts twice or does not know. */
export const NAMES = ['x', 'w', 'a', 'b', 'self', 'n', 'dim', 'größe', '张量', 'y', 'mask', 'cfg', 'fn', '𝑥'];
export const FIELDS = ['fc', 'layers', 'proj', 'weight', 'net', 'head', 'größe', 'scale', 'fn', 'heads'];

const NUMBERS = ['0', '1', '2', '4', '-1', '64', '0.5', '1e999', '10 ** 9', '0xff', '1j', '9' + '0'.repeat(30)];
const STRINGS = [
  "'bij,bjk->bik'",
  "'b n (h d) -> b h n d'",
  "'i,j'",
  '""',
  "'🚀'",
  'f"{x}"',
  'rb"\\x00"',
  "'->'",
  '"""two\nlines 🚀"""',
];
const METHODS = [
  'view',
  'reshape',
  'transpose',
  'permute',
  'T',
  'mT',
  'matmul',
  'mm',
  'bmm',
  'sum',
  'mean',
  'softmax',
  'unsqueeze',
  'chunk',
  'split',
  'shape',
  'size',
  'contiguous',
  'to',
  'addmm_',
  'flatten',
  'expand',
  'append',
  'items',
];
const FUNCTIONS = [
  'torch.matmul',
  'torch.bmm',
  'torch.mm',
  'torch.einsum',
  'torch.stack',
  'torch.cat',
  'torch.addmm',
  'torch.zeros',
  'torch.chain_matmul',
  'torch.linalg.inv',
  'torch.diag',
  'torch.trace',
  'F.linear',
  'F.softmax',
  'F.scaled_dot_product_attention',
  'np.dot',
  'jnp.matmul',
  'rearrange',
  'torch.vmap',
  'torch.compile',
  'mm',
  'F.one_hot',
  'torch.outer',
];
export const MODULES = ['nn.Linear', 'nn.LazyLinear', 'nn.Sequential', 'nn.ModuleList', 'nn.ModuleDict', 'nn.Bilinear', 'nn.MultiheadAttention', 'nn.LSTM', 'nn.GRUCell', 'nn.LayerNorm', 'nn.Parameter', 'nn.TransformerEncoderLayer', 'nn.Embedding', 'nn.Identity', 'Linear']; // prettier-ignore
const BUILTINS = ['range', 'len', 'zip', 'enumerate', 'list', 'tuple', 'reversed', 'map', 'super', 'isinstance', 'getattr', 'setattr', 'partial', 'print', 'sum', 'max', 'int', 'OrderedDict']; // prettier-ignore
const OPERATORS = ['@', '@', '@', '+', '*', '-', '/', '//', '%', '**', '<<', 'and', 'or', '==', 'in', 'is not', '<'];

export class Expressions {
  constructor(
    private readonly chance: Chance,
    /** Functions and classes of the text. */
    readonly own: readonly string[],
  ) {}

  name(): string {
    return this.chance.pick(NAMES);
  }

  /** @param depth how deeply it may be nested */
  any(depth = 3): string {
    const { chance } = this;
    if (depth <= 0) return this.leaf();
    const inner = (): string => this.any(depth - 1 - chance.below(2));
    const list = (): string => chance.some(3, inner).join(', ');
    switch (chance.below(18)) {
      case 0:
      case 1:
      case 2:
        return `${inner()} ${chance.pick(OPERATORS)} ${inner()}`;
      case 3:
        return `${inner()}.${chance.pick(METHODS)}`;
      case 4:
        return `${inner()}.${chance.pick(METHODS)}(${this.args(depth)})`;
      case 5:
      case 6:
        return `${chance.pick(FUNCTIONS)}(${this.args(depth)})`;
      case 7:
        return `self.${chance.pick(FIELDS)}(${this.args(depth)})`;
      case 8:
        return `${chance.pick(MODULES)}(${this.args(depth)})`;
      case 9:
        return `${chance.pick([...BUILTINS, ...this.own, ...this.own])}(${this.args(depth)})`;
      case 10:
        return `${inner()}[${this.index(depth)}]`;
      case 11:
        return chance.pick([`(${list()},)`, `[${list()}]`, `{${list()}}`, `{'a': ${inner()}, **${inner()}}`]);
      case 12:
        return this.comprehension(inner);
      case 13:
        return `(lambda ${chance.pick(['', 'x', 'x, *a', 'x=1, **b'])}: ${inner()})`;
      case 14:
        return `(${inner()} if ${inner()} else ${inner()})`;
      case 15:
        return chance.pick([`-${inner()}`, `not ${inner()}`, `~${inner()}`, `(y := ${inner()})`, `(await ${inner()})`, `(yield ${inner()})`]); // prettier-ignore
      case 16:
        return `${inner()}(${this.args(depth)})`;
      default:
        return `(${inner()})`;
    }
  }

  private leaf(): string {
    const { chance } = this;
    switch (chance.below(6)) {
      case 0:
        return chance.pick(NUMBERS);
      case 1:
        return chance.pick(STRINGS);
      case 2:
        return `self.${chance.pick(FIELDS)}`;
      case 3:
        return chance.pick(['None', 'True', '...', 'x.shape', 'x.size(0)', 'cfg.dim', 'x.shape[-1]']);
      default:
        return this.name();
    }
  }

  private args(depth: number): string {
    const { chance } = this;
    const argument = (): string => {
      const value = this.any(depth - 2);
      return chance.once(6)
        ? `${chance.pick(['dim', 'bias', 'in_features', '*', '**'])}=${value}`.replace('*=', '*')
        : value;
    };
    return chance.some(4, argument).join(chance.once(9) ? ',\n ' : ', ');
  }

  private index(depth: number): string {
    const part = (): string =>
      this.chance.pick([':', '...', 'None', '0', '-1', ':, 0', '1:', 'i', '::2', this.any(depth - 2)]);
    return [part(), ...this.chance.some(2, part)].join(', ');
  }

  private comprehension(inner: () => string): string {
    const { chance } = this;
    const condition = chance.once(4) ? ` if ${inner()}` : '';
    const body = `${inner()} for ${chance.pick(['i', 'x', 'a, b', '(i, (a, b))', '*x, y'])} in ${inner()}${condition}`;
    return chance.pick([
      `[${body}]`,
      `(${body})`,
      `{${body}}`,
      `{i: ${body}}`,
      `torch.stack([${body}])`,
      `sum(${body})`,
    ]);
  }
}
