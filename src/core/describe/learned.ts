/** Where the sizes that an operation works on were learned: the reasons behind what a hover says. */
import { formatDim, numberOf, symbolsOf } from '../infer/dims';
import type { Dim } from '../infer/dims';
import type { Operand, Operation } from '../infer/operations';
import type { Session } from '../infer/session';
import { Places } from './places';
import type { SourcePlace } from './places';

export interface LearnedPlace extends SourcePlace {
  /** The sizes that it says, as shapes show them. */
  readonly sizes: readonly string[];
  /** It gives a default: another value may be passed. */
  readonly isDefault: boolean;
}

/** Stands among the sizes where a place says what module it is, and none of its sizes by itself. */
export const WEIGHT = 'weight';

/**
 * In the order in which the operands show their sizes. What a name alone says, as `x.shape[0]` does, has no place, and
 * neither has what the operation itself says.
 */
export function learnedPlaces(
  session: Session,
  operation: Operation,
  operands: readonly Operand[],
): readonly LearnedPlace[] {
  const places = new Places(session);
  const found = new Found(places.ofSite(operation));
  for (const { expr, value } of operands) {
    for (const size of value.shape.dims) if (size) ofSize(size, places, found);
    // A module's own weight has the sizes that the module was made with, whatever these are.
    const site = expr === null ? operation.module?.site : null;
    if (site) found.add(places.ofSite(site), WEIGHT);
  }
  for (const size of operation.result.dims) if (size) ofSize(size, places, found);
  return found.list();
}

function ofSize(size: Dim, places: Places, found: Found): void {
  const number = numberOf(size);
  if (number !== null) {
    for (const site of size.sources ?? []) found.add(places.ofSite(site), formatDim(size));
    return;
  }
  for (const each of symbolsOf(size)) found.add(places.ofSymbol(each), each.name, each.default !== undefined);
}

class Found {
  private readonly places = new Map<string, { place: SourcePlace; sizes: Set<string>; isDefault: boolean }>();

  /** @param own where the operation stands */
  constructor(private readonly own: SourcePlace | null) {}

  add(place: SourcePlace | null, size: string, isDefault = false): void {
    if (!place || isSame(place, this.own)) return;
    const id = `${place.file ?? ''}\0${place.line}\0${place.text}`;
    const known = this.places.get(id);
    if (known) known.sizes.add(size);
    else this.places.set(id, { place, sizes: new Set([size]), isDefault });
  }

  list(): readonly LearnedPlace[] {
    return [...this.places.values()].map(({ place, sizes, isDefault }) => ({
      ...place,
      isDefault,
      // The weight is told by its sizes where the same place says these.
      sizes: sizes.size > 1 ? [...sizes].filter((each) => each !== WEIGHT) : [...sizes],
    }));
  }
}

function isSame(a: SourcePlace, b: SourcePlace | null): boolean {
  return b !== null && a.file === b.file && a.line === b.line && a.text === b.text;
}
