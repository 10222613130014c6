/** What the docstrings of functions and classes say of parameters, read once for a file. */
import type { FunctionFacts } from '../lower/facts';
import type { Stmt } from '../lower/ir';
import { inputRankInDocstring, ranksInDocstring } from './annotations/docstrings';
import { rankId } from './evaluate/ranks';
import type { FileModel } from './model';
import type { Operation } from './operations';
import { hinges } from './solvedRanks';
import { dependsOn, parameterRank } from './ranks';
import type { RankFact } from './ranks';

const NOTHING: ReadonlyMap<string, number> = new Map();

/**
 * What is written and what the code shows are put together. People write of the usual case: what the code says of the
 * same parameter counts alone. A module's docstring says, as a rule, what its model has in mind, while a linear layer
 * takes any number of dimensions; it counts where the method itself multiplies what it speaks of.
 *
 * @param operations of the function
 */
export function withDocumented(
  file: FileModel,
  facts: FunctionFacts | null,
  operations: readonly Operation[],
  shown: readonly RankFact[],
): readonly RankFact[] {
  if (!facts || (facts.owner !== null && !operations.some(hinges))) return shown;
  const documented = documentedRanks(file, facts);
  if (documented.size === 0) return shown;
  const said = [...documented].flatMap(([name, is]): readonly RankFact[] => {
    const id = rankId(facts.key, name);
    return isContradicted(id, is, shown) || (facts.owner !== null && !isMultiplied(id, operations))
      ? []
      : [{ rank: parameterRank(id), is, arms: [], loops: [] }];
  });
  return said.length > 0 ? [...shown, ...said] : shown;
}

function isContradicted(id: string, is: number, shown: readonly RankFact[]): boolean {
  return shown.some(({ rank, is: other }) => rank.base?.id === id && other - rank.plus !== is);
}

/** Whether the rank of an operand is known in terms of this one. */
function isMultiplied(id: string, operations: readonly Operation[]): boolean {
  return operations.some(
    ({ kind, operands }) =>
      kind === 'op' && operands.some(({ value }) => value.shape.rank !== undefined && dependsOn(value.shape.rank, id)),
  );
}

function documentedRanks(file: FileModel, facts: FunctionFacts): ReadonlyMap<string, number> {
  const all = file.once('documented', () => new Map<string, ReadonlyMap<string, number>>());
  const known = all.get(facts.key);
  if (known) return known;
  const ranks = readRanks(file, facts);
  all.set(facts.key, ranks);
  return ranks;
}

function readRanks(file: FileModel, facts: FunctionFacts): ReadonlyMap<string, number> {
  const own = docstringIn(file.body(facts.key)?.body, file.textOf(facts));
  const owner = facts.name === 'forward' && facts.owner !== null ? file.classFacts(facts.owner) : null;
  const ofClass = owner && docstringIn(owner.statement.body, file.text);
  if (own === null && ofClass === null) return NOTHING;
  const names = facts.def.parameters.map(({ name }) => name);
  const ranks = new Map(own === null ? [] : ranksInDocstring(own, new Set(names)));
  const input = facts.owner === null ? undefined : names[1];
  if (input !== undefined && !ranks.has(input)) {
    const rank = [own, ofClass].reduce<number | null>(
      (found, text) => found ?? (text === null ? null : inputRankInDocstring(text)),
      null,
    );
    if (rank !== null) ranks.set(input, rank);
  }
  if (ranks.size === 0) return NOTHING;
  const text = file.textOf(facts);
  for (const name of ranks.keys()) if (asksForRank(text, name)) ranks.delete(name);
  return ranks;
}

/** As it stands there: with every backslash of its formulas. @param text that the places in the body count in */
function docstringIn(body: readonly Stmt[] | undefined, text: string): string | null {
  const [first] = body ?? [];
  if (first?.kind !== 'expr' || first.value.kind !== 'string') return null;
  return text.slice(first.start, first.end).replaceAll(/^[a-zA-Z]*(?:"""|'''|["'])|(?:"""|'''|["'])$/g, '');
}

/** Whether the code tells apart how many dimensions an argument has: then it takes several numbers of them. */
function asksForRank(text: string, name: string): boolean {
  return new RegExp(
    `\\b${name}\\.(?:dim\\(|ndim)|\\blen\\(\\s*${name}\\.(?:shape|size)|isinstance\\(\\s*${name}\\s*,\\s*\\(?\\s*(?:list|tuple)`,
  ).test(text);
}
