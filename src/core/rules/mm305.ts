/** MM305: a linear layer that is written out: a transposed weight and a bias. */
import { sameDim } from '../infer/dims';
import { lastSize, rankOf, sizeAt } from '../infer/shapes';
import type { TensorValue } from '../infer/values';
import { walkBody } from '../lower/walk';
import type { BinaryExpr, Expr } from '../lower/ir';
import { behind, removalOf } from './match/behind';
import { productOf } from './match/product';
import type { Product } from './match/product';
import { torchCallOf } from './match/torchCall';
import type { Detection, Rule } from './rule';
import { integerLiteral } from './literals';
import type { FunctionScene } from './scene';
import { brief, holdsComment, listed, oneLine } from './source';
import { functionalName } from './match/moduleNames';

export const mm305: Rule = {
  code: 'MM305',
  name: 'transposed-weight-bias',
  category: 'algebra',
  summary: 'A linear layer that is written out, `x @ W.T + b`; `F.linear(x, W, b)` adds the bias within the product.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'unsafe',
  since: '0.1.0',
  docs: {
    finds:
      'A product with a transposed weight to which a bias is added, where both are parameters or the `.weight` and ' +
      '`.bias` of a module. A transposed product plus anything else is rarely a linear layer, and stays. It is offered ' +
      'in the lightbulb only.',
    why:
      '`F.linear` starts the product from the bias, which saves a pass over the *m·n* results and one kernel; the ' +
      '*m·n·k* multiplications stay. Beside a product of some size that is little: measured on a CPU, a quarter with 8 ' +
      '× 64 numbers and nothing from 64 × 512 on. It asks for one dtype where `+` would promote, for a bias of as many ' +
      'numbers as the weight has rows, and under autocast it gives half precision where adding a float32 bias does ' +
      'not: hence *unsafe*.',
    example: `def head(self, x: torch.Tensor) -> torch.Tensor:
    return x @ self.proj.weight.t() + self.proj.bias`,
    instead: `def head(self, x: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.linear(x, self.proj.weight, self.proj.bias)`,
  },
  detect(scene) {
    const found: Detection[] = [];
    walkBody(scene.def.body, (each) => {
      if (each.kind !== 'binary' || each.operator !== '+') return;
      const detection = detectSum(scene, each, each.left, each.right) ?? detectSum(scene, each, each.right, each.left);
      if (detection) found.push(detection);
    });
    return found;
  },
};

function detectSum(scene: FunctionScene, expr: BinaryExpr, sum: Expr, bias: Expr): Detection | null {
  if (!isParameter(scene, bias, /^bias$|_bias$/)) return null;
  const source = behind(scene, sum);
  const product = source && productOf(scene, source.expr);
  if (!source || !product || product.operation.op === 'mv' || product.operation.op === 'bmm') return null;
  const weight = transposedWeight(scene, product);
  if (!weight || !isParameter(scene, weight, /^weight$/)) return null;
  const conditions = conditionsOf(scene, weight, bias);
  if (!conditions) return null;
  const functional = functionalName(scene);
  const linear = functional === null ? 'torch.nn.functional.linear' : `${functional}.linear`;
  const operands = [product.left.expr, weight, bias];
  const removal = removalOf(scene, source, [product.left.expr, weight]);
  const commented = holdsComment(scene.source(expr)) || holdsComment(scene.source(source.expr));
  const whole = `${linear}(${operands.map((each) => scene.source(each)).join(', ')})`;
  return {
    start: expr.start,
    end: expr.end,
    message: `A linear layer that is written out: \`${linear}(${operands.map((each) => oneLine(scene, each)).join(', ')})\` adds the bias within the product.`,
    fixes:
      functional === null || removal === null || commented
        ? []
        : [
            {
              title: `Call ${linear}, if ${listed(conditions)}`,
              applicability: 'unsafe',
              edits: [...removal, { start: expr.start, end: expr.end, newText: whole }],
              variant: 'torch-rewrite',
            },
          ],
  };
}

/** A parameter by what is known of it, or by its name in a module of which nothing is known. */
function isParameter(scene: FunctionScene, expr: Expr, named: RegExp): boolean {
  if (expr.kind !== 'name' && expr.kind !== 'attribute') return false;
  const value = scene.valueOf(expr);
  if (value.kind === 'tensor') return value.framework === 'torch' && value.weight === true;
  return expr.kind === 'attribute' && named.test(expr.name) && value.kind === 'unknown';
}

function transposedWeight(scene: FunctionScene, { right: { expr } }: Product): Expr | null {
  if (expr.kind === 'attribute') return expr.name === 'T' || expr.name === 'mT' ? expr.object : null;
  if (expr.kind !== 'call') return null;
  const call = torchCallOf(scene, expr);
  // Of a module that nothing is known of, `.weight.t()` is a tensor's by its name.
  const method = !call && expr.callee.kind === 'attribute' ? expr.callee : null;
  const name = call?.name ?? method?.name;
  const input = call?.argument(0, 'input') ?? method?.object ?? null;
  if (name === 't') return input;
  if (name !== 'transpose') return null;
  const dims = (call ? call.positional.slice(1) : expr.args.map(({ value }) => value)).map(integerLiteral);
  const matrix = (dims.includes(-1) && dims.includes(-2)) || (dims.includes(0) && dims.includes(1));
  return dims.length === 2 && matrix ? input : null;
}

/** What the code does not show and must hold; null where it certainly does not. */
function conditionsOf(scene: FunctionScene, weight: Expr, bias: Expr): readonly string[] | null {
  const [w, b] = [scene.tensorOf(weight), scene.tensorOf(bias)];
  const ranks = [w && rankOf(w.shape), b && rankOf(b.shape)];
  if ((ranks[0] ?? 2) !== 2 || (ranks[1] ?? 1) !== 1) return null;
  const [weightName, biasName] = [brief(scene, weight), brief(scene, bias)];
  const fits = w !== null && b !== null && ranks[0] === 2 && ranks[1] === 1 && sameLength(w, b);
  const dtypes = w !== null && b !== null && w.dtype !== null && w.dtype === b.dtype;
  if (w?.dtype && b?.dtype && !dtypes) return null;
  return [
    ...(fits || isOneLinear(scene, weight, bias) ? [] : [`${biasName} has as many numbers as ${weightName} has rows`]),
    ...(dtypes || isOneLinear(scene, weight, bias) ? [] : ['both have one dtype']),
    'autocast is off',
  ];
}

function sameLength(weight: TensorValue, bias: TensorValue): boolean {
  const [rows, length] = [sizeAt(weight.shape, 0), lastSize(bias.shape)];
  return rows !== null && length !== null && sameDim(rows, length);
}

/** Weight and bias of one `nn.Linear`. */
function isOneLinear(scene: FunctionScene, weight: Expr, bias: Expr): boolean {
  if (weight.kind !== 'attribute' || bias.kind !== 'attribute') return false;
  const [owner, other] = [scene.source(weight.object), scene.source(bias.object)];
  const module = scene.valueOf(weight.object);
  return owner === other && module.kind === 'module' && module.type === 'torch.nn.Linear';
}
