/** Where a file stands among Python's modules. */

export interface Place {
  /** Names the file among all files; a path or a URI. */
  readonly id: string;
  /** The folder from which its module's name counts: files below one see the same modules under the same names. */
  readonly root: string;
  /** Dotted name under which other files import it. */
  readonly module: string;
  /** Whether it is the `__init__.py` of a package. */
  readonly isPackage: boolean;
}

/** Stands between the id of another file and a key of that file. No path and no qualified name holds it. */
const SEPARATOR = '|';

/** The key of a function or class as code of other files knows it. */
export function keyIn(id: string, key: string): string {
  return `${id}${SEPARATOR}${key}`;
}

/** The id of the file that a key belongs to; null for keys of the file that is analysed. */
export function fileOfKey(key: string): string | null {
  const at = key.lastIndexOf(SEPARATOR);
  return at < 0 ? null : key.slice(0, at);
}

/** Whether a key is that of a file's top level, which is empty in the file itself. */
export function isTopLevel(key: string): boolean {
  return key === '' || key.endsWith(SEPARATOR);
}

/** The key of the top level of the file that a key belongs to. */
export function topLevelOf(key: string): string {
  return key.slice(0, key.lastIndexOf(SEPARATOR) + 1);
}

/**
 * A module's name without leading dots: what an import in a file at `place` means by it.
 * @returns null where the dots lead out of all packages, or the file's own place is not known
 */
export function absoluteModule(name: string, place: Place | null): string | null {
  const level = /^\.*/.exec(name)?.[0].length ?? 0;
  if (level === 0) return name;
  if (!place) return null;
  const parts = place.module.split('.');
  const up = place.isPackage ? level - 1 : level;
  if (up >= parts.length + (place.isPackage ? 1 : 0)) return null;
  return [...parts.slice(0, parts.length - up), ...(name.length > level ? [name.slice(level)] : [])].join('.');
}
