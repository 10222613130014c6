/** MM308: attention written by hand. */
import { namesIn } from '../infer/evaluate/expressions';
import type { Expr, NameExpr, Span, Stmt, WalrusExpr } from '../lower/ir';
import { walkBody, walkExpr } from '../lower/walk';
import { fusedCall } from './attentionCall';
import type { FusedCall } from './attentionCall';
import type { Edit } from './finding';
import { attentionOf } from './match/attention';
import type { Attention } from './match/attention';
import { softmaxLayer } from './match/attentionLayers';
import { definitionOf } from './match/definitions';
import { hasFusedBeside } from './match/fusedBeside';
import { meaningOf } from './match/meaning';
import { functionalName } from './match/moduleNames';
import { parentOf } from './match/repeated';
import { changesIn } from './match/trail';
import { isPure } from './purity';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { holdsComment, wholeLines, withParentheses } from './source';

export const mm308: Rule = {
  code: 'MM308',
  name: 'hand-written-attention',
  category: 'algebra',
  summary: 'Softmax of scores times values, written out; `scaled_dot_product_attention` computes it in one pass.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'unsafe',
  since: '0.1.0',
  docs: {
    finds:
      'The softmax of scores (queries times transposed keys, scaled, with a mask or bias added or filled in) ' +
      'times values, in one expression or over several statements, as `@`, `matmul`, `bmm` or `einsum`, with or ' +
      'without dropout. It is silent where the weights or scores are used for something else (returned, stored, ' +
      'mixed between heads), where something other than a softmax makes the weights, where keys have fewer heads ' +
      'than queries, and where a fused attention stands in the same class, in a class made of it, or in the file of a ' +
      'plain function. Where a mask or dropout stands under a condition it is told and not edited.',
    why:
      'For each head the code writes *L·S* scores and reads them again for scaling, mask, softmax, dropout and the ' +
      'second product; training keeps several of them for the backward pass. The fused kernels need the same ' +
      '*4·L·S·d* operations, and memory that grows with *L + S* only. With a few dozen keys it hardly pays, and where no ' +
      'fused kernel takes the arguments (broadcast heads, some masks and dtypes) PyTorch computes as before. ' +
      'The fused kernels have no second derivatives and no forward-mode derivatives, a NaN among the queries may ' +
      'be lost, dropout draws other numbers, and the result may lie otherwise in memory, which `view` notices. A row ' +
      'whose keys are all masked gives zeros, not NaN or the mean of the values. A boolean mask is true where a key ' +
      'takes part. `is_causal=True` is for queries and keys that begin at the same place: with a cache of keys it ' +
      'masks the wrong ones, so that masks are passed on as they are. A hook on a softmax or dropout module no longer runs.',
    example: `def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, scale: float) -> torch.Tensor:
    scores = q @ k.transpose(-2, -1) * scale
    weights = torch.softmax(scores, dim=-1)
    return weights @ v`,
    instead: `def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, scale: float) -> torch.Tensor:
    return torch.nn.functional.scaled_dot_product_attention(q, k, v, scale=scale)`,
  },
  detect(scene) {
    if (!mentionsSoftmax(scene) || hasFusedBeside(scene)) return [];
    const found: Detection[] = [];
    walkBody(scene.def.body, (each) => {
      const detection = each.kind === 'binary' || each.kind === 'call' ? detectAt(scene, each) : null;
      if (detection) found.push(detection);
    });
    return found;
  },
};

/** Softmax modules have many names; one of them stands at their attribute in most code. */
function mentionsSoftmax({ def, file, key }: FunctionScene): boolean {
  const origin = file.originOf(key);
  return /softmax|attend/i.test(file.text.slice(origin + def.start, origin + def.end));
}

function detectAt(scene: FunctionScene, expr: Expr): Detection | null {
  if (expr.kind === 'binary' && expr.operator !== '@') return null;
  const attention = attentionOf(scene, expr);
  if (attention && isOfSoftmax(scene, attention.product.value)) return null;
  const functional = attention && (functionalName(scene) ?? 'torch.nn.functional');
  const call = functional && fusedCall(scene, attention, functional);
  if (!call) return null;
  const edits = functionalName(scene) === null ? null : editsOf(scene, expr, attention, call);
  const under = attention.conditional ? ' What is done under a condition becomes part of its arguments.' : '';
  return {
    start: expr.start,
    end: expr.end,
    message:
      `Attention written out keeps its scores and weights in memory; \`${call.text}\` need not.${under}` +
      (edits ? '' : ` It is the same if ${listed(call.conditions)}.`),
    fixes: edits
      ? [
          {
            title: `Call scaled_dot_product_attention, if ${listed(call.conditions)}`,
            applicability: 'unsafe',
            edits,
            variant: 'torch-rewrite',
          },
        ]
      : [],
  };
}

/** An approximation of attention multiplies several softmaxes. */
function isOfSoftmax(scene: FunctionScene, value: Expr): boolean {
  let found = false;
  walkExpr(value, (each) => {
    if (each.kind === 'name' && softmaxLayer(scene, meaningOf(scene, each))) found = true;
  });
  return found;
}

function listed(conditions: readonly string[]): string {
  const last = conditions.at(-1) ?? '';
  return conditions.length < 2 ? last : `${conditions.slice(0, -1).join(', ')} and ${last}`;
}

/** The call in the place of the last product, without the statements that led there; null where more may hang on them. */
function editsOf(scene: FunctionScene, expr: Expr, attention: Attention, call: FusedCall): readonly Edit[] | null {
  const { conditional, inspected, statements } = attention;
  if (conditional || inspected || !call.complete || isViewed(scene, expr)) return null;
  const step = scene.index.stepAt(expr);
  if (!step || holdsComment(scene.source(expr)) || holdsComment(call.text)) return null;
  const removed: Edit[] = [];
  for (const each of statements) {
    const lines = step.block.includes(each) && !holdsComment(scene.source(each)) ? wholeLines(scene, each) : null;
    if (!lines) return null;
    removed.push({ ...lines, newText: '' });
  }
  const first = Math.min(step.at, ...statements.map((each) => step.block.indexOf(each)));
  const own = new Set<Stmt>(statements);
  const between = step.block.slice(first, step.at).filter((each) => !own.has(each));
  const movable = call.moved.every(
    (each) =>
      statements.length === 0 || (!changesIn(scene, between, each) && (between.length === 0 || isPure(scene, each))),
  );
  return movable ? [...removed, { ...replaced(scene, expr), newText: call.text }] : null;
}

/** The product with the parentheses around it, unless a keyword stands at them. */
function replaced(scene: FunctionScene, expr: Expr): Span {
  const span = withParentheses(scene, expr);
  return /\w$/.test(scene.source({ start: Math.max(0, span.start - 1), end: span.start })) ? expr : span;
}

/** The memory of the result is laid out otherwise, so that `view` may refuse it. */
function isViewed(scene: FunctionScene, expr: Expr): boolean {
  const asksForLayout = (each: Expr): boolean => {
    const parent = parentOf(scene, each);
    return parent?.kind === 'attribute' && /^(?:view|stride|is_contiguous|data_ptr)$/.test(parent.name);
  };
  const statement = scene.index.stepAt(expr)?.statement;
  const names = statement?.kind === 'assign' && statement.value === expr ? statement.targets.flatMap(namesIn) : [];
  const reads = names.flatMap((name) => scene.index.mentions(name)).filter((each) => each.start >= expr.end);
  return asksForLayout(expr) || reads.some((each) => asksForLayout(each) && stillHolds(scene, each, expr));
}

function stillHolds(scene: FunctionScene, name: NameExpr | WalrusExpr, value: Expr): boolean {
  const found = definitionOf(scene, name.name, name);
  return found?.kind === 'value' && found.value === value;
}
