/**
 * How many dimensions docstrings say that parameters have, in the forms that PyTorch's own world writes:
 *
 *     x (torch.Tensor): of shape (B, N, 3)             and whatever stands in the place of the brackets:
 *     x: tensor with shape :math:`(B, N, 3)`           (B, N, 3)   [B, N, 3]   B x N x 3   Tensor[B, N, 3]
 *     :param x: a 3D tensor                            \mathbb{R}^{B \times N \times 3}
 *     x : Tensor, shape (B, N, 3)
 *
 * Prose is read for this one thing alone. What speaks of several shapes, of any number of sizes, or of what holds
 * tensors, says nothing.
 */

/** @param names of parameters @returns the numbers of dimensions by these names */
export function ranksInDocstring(text: string, names: ReadonlySet<string>): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  const contradicted = new Set<string>();
  if (!SPEAKS_OF_SHAPES.test(text)) return ranks;
  for (const { names: own, said } of entriesIn(text, names)) {
    const rank = rankSaid(said);
    if (rank === null) continue;
    for (const each of own) {
      if (ranks.has(each) && ranks.get(each) !== rank) contradicted.add(each);
      ranks.set(each, rank);
    }
  }
  for (const each of contradicted) ranks.delete(each);
  return ranks;
}

/** What a class, or its `forward`, says of the one thing that it is applied to: `Input shape: (B, T, C)`. */
export function inputRankInDocstring(text: string): number | null {
  if (!SPEAKS_OF_SHAPES.test(text)) return null;
  const section = INPUT_SHAPE.exec(text) ?? SHAPE_INPUT.exec(text);
  return section ? rankSaid(`shape ${section[1] ?? ''}`) : null;
}

const SPEAKS_OF_SHAPES = /shape|sizes?\b|dimension|[1-6]-?D\b|\\mathbb|Tensor\[|:\s*[([]/i;
const INPUT_SHAPE =
  /^[ \t]*Inputs?[ \t]+shape[ \t]*:?[ \t]*\n?((?:.*\n?)(?:[ \t]+\S.*\n?)*?)(?=\n[ \t]*\n|[ \t]*Output|$)/im;
const SHAPE_INPUT = /^[ \t]*Shape:?[ \t]*\n[ \t]*[-*][ \t]*Input:?[ \t]*(.*(?:\n[ \t]*(?![-*\s]).*)*)/im;

interface Entry {
  readonly names: readonly string[];
  readonly said: string;
}

/** The names at the beginning of a line of which something is said: behind a colon, or in brackets. */
const HEAD =
  /^([ \t]*)(?:[-*+][ \t]+|:(?:param|parameter|arg|argument)[ \t]+(?:[\w.]+[ \t]+)?|@param[ \t]+)?[`*]*(\w+(?:[ \t]*,[ \t]*\w+)*)[`*]*(?=[ \t]*(?::|\(|\[|-[ \t]))/;

/** Lines that begin with names of parameters, each with all that is indented below it. */
function entriesIn(text: string, names: ReadonlySet<string>): readonly Entry[] {
  const entries: { names: readonly string[]; said: string; indent: number }[] = [];
  let open: (typeof entries)[number] | null = null;
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length;
    if (open && (line.trim() === '' || indent > open.indent)) {
      open.said += `\n${line.trim()}`;
      continue;
    }
    const [head = '', , list = ''] = HEAD.exec(line) ?? [];
    const own = list.split(',').flatMap((each) => (names.has(each.trim()) ? [each.trim()] : []));
    open = own.length > 0 ? { names: own, said: line.slice(head.length), indent } : null;
    if (open) entries.push(open);
  }
  return entries;
}

/** One shape that is spoken of, as a number of dimensions; null where it has any number of them. */
type Said = number | null;

/** Words beside a shape by which it is not the only one, or not that of the value itself. */
const UNCLEAR =
  /\b(?:or|either|each|every|list|lists|tuples?|dict\w*|sequences?|iterable|nested|pairs?|broadcast\w*|also|if|when|unless|may|can|optionally|(?:un-?)?batched|leading|optional batch\w*|any number|arbitrary)\b/i;

function rankSaid(text: string): number | null {
  const shapes: Said[] = [];
  for (const sentence of text.split(/\.(?:\s|$)|;|\n\s*\n/)) {
    const said = shapesIn(plain(sentence));
    if (said.length > 0 && UNCLEAR.test(sentence)) return null;
    shapes.push(...said);
  }
  const [first] = shapes;
  return first !== undefined && shapes.every((each) => each === first) ? first : null;
}

/** Without the marks of reStructuredText and LaTeX that say nothing of a shape. */
function plain(text: string): string {
  return text
    .replaceAll(/:math:|\\(?:left|right|mathrm|mathcal|mathbf|text|quad|,|;|!)(?![a-z])|[`$]/g, '')
    .replaceAll(/\\(?:l|c)?dots\b|…/g, '...')
    .replaceAll(/_\{([^{}]*)\}/g, (_, inner: string) => `_${inner.replaceAll(/\W+/g, '')}`);
}

const SPACE_OF_REALS = /\\mathbb\{R\}\^\{([^{}]*)\}/g;
const BRACKETS = /([([])([^()[\]]*)[)\]]/g;
const CROSSED = /(?:^|[\s([])((?:\w+[ \t]*(?:[x×]|\\times)[ \t]*)+\w+)(?=$|[\s)\].,])/g;
const COUNTED = /\b([1-6])-?D(?:imensional)?\s+(?:\w+\s+)?(?:tensor|array)\b/gi;

/** A shape stands behind one of these words, or is what is said first behind the colon. */
const WORD = /(?:\b(?:shapes?|sizes?|dims?|dimensions?|dimensionality)\b[^.()[\]]{0,40}|\btensor)$/i;
const FIRST = /(?:^|[)\]])\s*[:-]\s*$/;

function shapesIn(text: string): readonly Said[] {
  const shapes: Said[] = [];
  for (const [, inner = ''] of text.matchAll(SPACE_OF_REALS)) shapes.push(inner.split('\\times').length);
  for (const match of text.matchAll(BRACKETS)) {
    const [, , inner = ''] = match;
    const before = text.slice(Math.max(match.index - 60, 0), match.index);
    // `(Tensor)` is no shape, `of shape (n)` is.
    const isOne = WORD.test(before) || (FIRST.test(before) && inner.includes(','));
    const said = isOne ? sizesIn(inner) : undefined;
    if (said !== undefined) shapes.push(said);
  }
  for (const match of text.matchAll(CROSSED)) {
    const before = text.slice(Math.max(match.index - 60, 0), match.index + 1);
    const crossed = match[1] ?? '';
    // `* x n x d`, `... x n x d`
    if (/(?:[x×*.]|\\times)\s*$/.test(before) || ANY_NUMBER.test(crossed)) shapes.push(null);
    else if (WORD.test(before.trimEnd()) || WORD.test(before) || FIRST.test(before))
      shapes.push(crossed.split(/[x×]|\\times/).length);
  }
  for (const [, count = ''] of text.matchAll(COUNTED)) shapes.push(Number(count));
  return shapes;
}

const SIZE = /^(?:[A-Za-z_]\w*|\d+)(?:[ \t]*(?:[-+*/]|\/\/|\s)[ \t]*\w+){0,3}$/;
const NO_SIZE =
  /^(?:optional|default\b.*|str|int|float|bool|None|True|False|e\.?g.*|i\.?e.*|required|torch\b.*|\w*(?:tensor|array|module|callable))$/i;

/** Names of several sizes: `batch_shape x n x d`, `(leading_dims, n)`. */
const ANY_NUMBER = /shape(?![a-z])|dims(?![a-z])|sizes(?![a-z])|dimensions|batches|leading/i;

/** @returns undefined where brackets hold something else */
function sizesIn(text: string): Said | undefined {
  const parts = text.split(',').map((each) => each.trim());
  if (ANY_NUMBER.test(text)) return null;
  if (parts.length > 1 && parts.at(-1) === '') parts.pop();
  else if (parts.length === 1 && /[x×]|\\times/.test(text)) return undefined;
  if (parts.some((each) => /^(?:\*|\.\.\.|∗)/.test(each))) return null;
  return parts.every((each) => SIZE.test(each) && !NO_SIZE.test(each)) ? parts.length : undefined;
}
