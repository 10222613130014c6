/** MM109: one Linear layer applied to several tensors before they are joined. */
import { rankOf } from '../infer/shapes';
import { sequenceOf } from '../infer/values';
import type { CallExpr, Expr } from '../lower/ir';
import { walkBody } from '../lower/walk';
import type { Edit } from './finding';
import { integerLiteral } from './literals';
import { meaningOf } from './match/meaning';
import { torchCallOf } from './match/torchCall';
import type { TorchCall } from './match/torchCall';
import { isPure } from './purity';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { holdsComment } from './source';

const JOINS = new Set(['cat', 'concat', 'concatenate', 'stack']);

export const mm109: Rule = {
  code: 'MM109',
  name: 'linear-before-cat',
  category: 'vectorize',
  summary:
    'One Linear layer applied to each of several tensors that are then joined; applied behind the join it is called once.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'unsafe',
  since: '0.1.0',
  docs: {
    finds:
      'A list of calls of one and the same `nn.Linear`, on different tensors, that `torch.cat` or `torch.stack` joins along any ' +
      'dimension but the last one: `torch.cat([self.proj(a), self.proj(b)], dim=0)`, or a comprehension over a ' +
      'list of tensors; also where each result has a name before, which is found without an edit. The number of dimensions must tell that the joined one is not the one that the layer multiplies.',
    why:
      'A Linear multiplies each row by itself, so that rows of all tensors can be given at once: one product with ' +
      'many rows in place of several with few, forward and backward, with the same multiplications and the same results up to ' +
      'rounding. What is copied to join them is then the inputs and no longer the outputs: for a layer that makes ' +
      'wide rows narrow that is more, and with large tensors it can cost what the calls save. Forward ' +
      'hooks of the layer, and parametrizations that change with each call (`spectral_norm` in train mode), then run ' +
      'once and not once a tensor: hence *unsafe*.',
    example: `def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.cat([self.proj(a), self.proj(b)], dim=-2)`,
    instead: `def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return self.proj(torch.cat([a, b], dim=-2))`,
  },
  detect(scene) {
    if (!scene.analysis.operations.some(({ kind }) => kind === 'linear_call')) return [];
    const found: Detection[] = [];
    walkBody(scene.def.body, (each) => {
      const join = each.kind === 'call' ? torchCallOf(scene, each) : null;
      const detection = join && !join.isMethod && JOINS.has(join.name) ? detectJoin(scene, join) : null;
      if (detection) found.push(detection);
    });
    return found;
  },
};

/** The calls of the layer, what they are given, and what takes their place in the call that joins. */
interface Joined {
  readonly layer: Expr;
  readonly ranks: readonly (number | null)[];
  readonly edits: readonly Edit[];
}

function detectJoin(scene: FunctionScene, join: TorchCall): Detection | null {
  const list = join.argument(0, 'tensors');
  const dim = join.argument(1, 'dim', 'axis');
  if (!list || join.count !== (dim ? 2 : 1)) return null;
  const along = dim ? integerLiteral(dim) : 0;
  const joined = list.kind === 'comprehension' ? ofComprehension(scene, list) : ofList(scene, list);
  if (along === null || !joined || !leavesLast(join.name === 'stack', along, joined.ranks)) return null;
  const { start, end } = join.expr;
  const layer = scene.source(joined.layer);
  return {
    start,
    end,
    message: `\`${layer}\` is called on each tensor before \`${scene.source(join.expr.callee)}\` joins them: behind it one call takes them all.`,
    fixes:
      joined.edits.length === 0 || holdsComment(scene.source(join.expr))
        ? []
        : [
            {
              title: `Call ${layer} once, if nothing hooks into it`,
              applicability: 'unsafe',
              edits: [{ start, end: start, newText: `${layer}(` }, ...joined.edits, { start: end, end, newText: ')' }],
              variant: 'torch-rewrite',
            },
          ],
  };
}

/** `[proj(a), proj(b)]` */
function ofList(scene: FunctionScene, list: Expr): Joined | null {
  if ((list.kind !== 'list' && list.kind !== 'tuple') || list.items.length < 2) return null;
  const calls = list.items.map((each) => layerCall(scene, meaningOf(scene, each)));
  const [first] = calls;
  if (!first) return null;
  const layer = scene.source(first.call.callee);
  const edits: Edit[] = [];
  for (const each of calls) {
    if (!each || scene.source(each.call.callee) !== layer || !isPure(scene, each.input)) return null;
    edits.push({ start: each.call.start, end: each.call.end, newText: scene.source(each.input) });
  }
  // The same result twice is computed once.
  if (new Set(calls.map((each) => each?.call)).size !== calls.length) return null;
  // A result that is needed by itself, too, would have to be cut out again.
  const isReadOnce = (item: Expr, call: Expr): boolean =>
    item.kind !== 'name' || scene.index.mentions(item.name).filter(({ start }) => start > call.end).length === 1;
  if (!calls.every((each, at) => each && isReadOnce(list.items[at] ?? list, each.call))) return null;
  // The input of what a name was given before may have changed since.
  if (calls.some((each, at) => each?.call !== list.items[at])) edits.length = 0;
  return { layer: first.call.callee, ranks: calls.map((each) => (each ? rankIn(scene, each.input) : null)), edits };
}

/** `[proj(x) for x in xs]`, of a list or tuple of tensors: slices of a tensor are what MM102 speaks of. */
function ofComprehension(scene: FunctionScene, list: Extract<Expr, { kind: 'comprehension' }>): Joined | null {
  const [clause, more] = list.clauses;
  const made = layerCall(scene, list.element);
  if (list.form !== 'list' || clause?.kind !== 'for' || more || !made) return null;
  const { call, input } = made;
  const { target, iterable } = clause;
  if (target.kind !== 'name' || input.kind !== 'name' || input.name !== target.name) return null;
  const items = scene.valueOf(iterable);
  if ((items.kind !== 'list' && items.kind !== 'tuple') || sequenceOf(items)?.element.kind !== 'tensor') return null;
  const { start, end } = list;
  return {
    layer: call.callee,
    ranks: [rankIn(scene, input)],
    edits: [{ start, end, newText: scene.source(iterable) }],
  };
}

function layerCall(scene: FunctionScene, expr: Expr): { readonly call: CallExpr; readonly input: Expr } | null {
  const operation = scene.operationOf(expr);
  if (operation?.kind !== 'linear_call' || operation.module?.type !== 'torch.nn.Linear' || expr.kind !== 'call')
    return null;
  const [input, more] = expr.args;
  return input?.name === null && !more && isPath(expr.callee) ? { call: expr, input: input.value } : null;
}

/** `proj`, `self.proj`: what gives the same layer whenever it is evaluated. */
function isPath(expr: Expr): boolean {
  return expr.kind === 'name' || (expr.kind === 'attribute' && isPath(expr.object));
}

function rankIn(scene: FunctionScene, input: Expr): number | null {
  const tensor = scene.tensorOf(input);
  return tensor ? rankOf(tensor.shape) : null;
}

/** Whether the rows that the layer multiplies stay whole: `stack` has one dimension more than its tensors. */
function leavesLast(isStack: boolean, along: number, ranks: readonly (number | null)[]): boolean {
  if (along < 0) return along < -1;
  if (isStack && along === 0) return true;
  return ranks.every((rank) => rank !== null && along < (isStack ? rank : rank - 1));
}
