/** What a function's own code asks of its parameters: shapes, and which of them are indices or masks. */
import type { Dim } from './dims';
import { meetShapes, UNKNOWN_SHAPE } from './shapes';
import type { Shape } from './shapes';
import type { Site, Value } from './values';

export interface Requirement {
  readonly role: 'float' | 'index' | 'mask' | 'tensor';
  readonly shape: Shape;
  readonly dtype: string | null;
  /** For an index: the number of entries it chooses from. */
  readonly high: Dim | null;
  /** Where each piece was learned. */
  readonly learned: readonly Site[];
}

export class Requirements {
  private readonly found = new Map<string, Requirement>();

  /** A value was used as a tensor of this shape. */
  needs(
    value: Value,
    shape: Shape,
    site: Site | null,
    role: Requirement['role'] = 'tensor',
    high: Dim | null = null,
  ): void {
    const name = labelOf(value);
    if (name === null) return;
    const known = this.found.get(name);
    // What has only the shape of a parameter says nothing of its role.
    const direct = value.kind === 'unknown' || value.kind === 'tensor' ? value.parameter === name : false;
    const ownRole = direct ? role : 'tensor';
    this.found.set(name, {
      role: known && known.role !== 'tensor' ? known.role : ownRole,
      shape: known ? meetShapes(known.shape, shape) : shape,
      dtype: known?.dtype ?? (value.kind === 'tensor' && direct ? value.dtype : null),
      high: known?.high ?? (direct ? high : null),
      learned: site ? [...(known?.learned ?? []), site].slice(0, 8) : (known?.learned ?? []),
    });
  }

  seen(value: Value): void {
    if (labelOf(value) !== null) this.needs(value, value.kind === 'tensor' ? value.shape : UNKNOWN_SHAPE, null);
  }

  get(name: string): Requirement | null {
    return this.found.get(name) ?? null;
  }

  entries(): ReadonlyMap<string, Requirement> {
    return this.found;
  }
}

function labelOf(value: Value): string | null {
  if (value.kind !== 'unknown' && value.kind !== 'tensor') return null;
  return value.parameter ?? value.like ?? null;
}
