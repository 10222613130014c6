/** Names of one written file: no two things get the same, and none gets one that the reader's code binds. */
import type { FileModel } from '../infer/model';

export class NameSupply {
  private readonly taken: Set<string>;
  /** The functions of the prelude in use, in the order of need, with the names that they have here. */
  readonly prelude = new Map<string, string>();

  constructor(file: FileModel, reserved: readonly string[]) {
    const bound = file.once('bound names', () => boundNames(file.text));
    this.taken = new Set([...bound, 'jax', 'jnp', 'math', 'dataclass', ...reserved]);
  }

  /** A name like this one that nothing else has. */
  free(hint: string): string {
    let found = hint;
    for (let at = 2; this.taken.has(found); at++) found = at === 2 ? `${hint}_` : `${hint}_${at - 1}`;
    this.taken.add(found);
    return found;
  }
}

const BINDING =
  /(?<![.\w])([A-Za-z_]\w*)\s*(?:,[\w\s,]*)?(?::[^=\n()]*)?=(?!=)|\bfor\s+([\w\s,()]+?)\s+in\b|\bas\s+(\w+)|\bdef\s+\w+\s*\(([^)]*)\)/g;

/** Names that the file binds anywhere but as attributes. */
function boundNames(text: string): readonly string[] {
  const found = [...text.matchAll(BINDING)].flatMap((match) =>
    match.slice(1).flatMap((group) => group?.match(/[A-Za-z_]\w*/g) ?? []),
  );
  return [...new Set(found)];
}
