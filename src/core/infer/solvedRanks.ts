/** What facts about ranks, gathered while a function was evaluated, say of its operations and parameters. */
import type { Operation } from './operations';
import { dependsOn, governs, rankAs, solveRanks } from './ranks';
import type { KnownRanks, RankFact } from './ranks';
import { atRank, shapeOfRank } from './shapes';
import type { Shape } from './shapes';
import type { HandedOn } from './summary';
import type { Value } from './values';

/** Operations with the ranks that code on their own way shows, be it before or after them. */
export function withSolvedRanks(operations: readonly Operation[], facts: readonly RankFact[]): readonly Operation[] {
  if (facts.length === 0) return operations;
  return operations.map((each) => {
    if (!each.operands.some(({ value }) => value.shape.rank)) return each;
    const known = solveRanks(
      facts.filter((fact) => governs(fact, each)),
      facts,
    );
    const operands = each.operands.map((operand) => {
      const shape = closed(operand.value.shape, known);
      return shape === operand.value.shape ? operand : { ...operand, value: { ...operand.value, shape } };
    });
    return { ...each, operands, result: closed(each.result, known) };
  });
}

/** The same of the arguments that are handed on to others. */
export function withSolvedArguments(handed: readonly HandedOn[], known: KnownRanks): readonly HandedOn[] {
  if (known.size === 0) return handed;
  return handed.map((each) => {
    const solved = [...each.arguments].map(([name, value]): readonly [string, Value] => {
      // In terms of a parameter it is known with its sizes once that is given.
      const isOwn = value.kind === 'tensor' && value.shape.rank?.base?.kind !== 'parameter';
      const shape = value.kind === 'tensor' && isOwn ? closed(value.shape, known) : null;
      return [name, value.kind === 'tensor' && shape ? { ...value, shape } : value];
    });
    return { ...each, arguments: new Map(solved) };
  });
}

function closed(shape: Shape, known: KnownRanks): Shape {
  const rank = shape.rank ? rankAs(shape.rank, known) : null;
  return rank === null ? shape : atRank(shape, rank);
}

/** The ranks that every call shows, by the ids of what they are ranks of. */
export function ranksOfEveryCall(facts: readonly RankFact[]): KnownRanks {
  return solveRanks(
    facts.filter((each) => each.arms.length === 0 && each.loops.length === 0),
    facts,
  );
}

/** Whether a product has an operand whose rank is known in terms of those that have come to light. */
export function hingesOn({ kind, operands }: Operation, known: KnownRanks): boolean {
  return (
    kind === 'op' &&
    operands.some(({ value: { shape } }) => {
      const { rank } = shape;
      return rank !== undefined && [...known.keys()].some((id) => dependsOn(rank, id));
    })
  );
}

/** Whether a product has an operand whose rank is known in terms of others alone. */
export function hinges({ kind, operands }: Operation): boolean {
  return kind === 'op' && operands.some(({ value }) => value.shape.rank !== undefined);
}

/** Whether more may be known of a product where more is known of the parameters. */
export function isVague({ kind, operands }: Operation): boolean {
  return (
    kind === 'op' && operands.some(({ value }) => value.shape.open || value.shape.dims.every((each) => each === null))
  );
}

/** Shapes of which nothing is known but the number of dimensions. */
export function shapesOfRanks(ranks: ReadonlyMap<string, number>): ReadonlyMap<string, Shape> {
  return new Map([...ranks].map(([name, rank]) => [name, shapeOfRank(rank)]));
}
