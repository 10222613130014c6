/** What is wrong with a configuration, and the way out. */

interface At {
  /** Keys from the table's own on; the last may be a word of a list. Empty: the table itself. */
  readonly path: readonly string[];
}

export type ConfigurationProblem = At &
  (
    | { readonly kind: 'unknown-key'; readonly known: readonly string[]; readonly suggestion: string | null }
    | { readonly kind: 'unknown-rule'; readonly suggestion: string | null }
    | { readonly kind: 'wrong-type'; readonly expected: string; readonly found: string }
    | {
        readonly kind: 'unknown-level';
        readonly level: string;
        readonly known: readonly string[];
        readonly suggestion: string | null;
      }
  );

/** @param table how the table is called where it stands, such as `[tool.matmul-lens]` */
export function problemText(problem: ConfigurationProblem, table: string): string {
  const { path } = problem;
  const last = path.at(-1) ?? '';
  switch (problem.kind) {
    case 'unknown-key':
      return `${table} has no key ${last}${meant(problem.suggestion)}; its keys are ${problem.known.join(', ')}`;
    case 'unknown-rule':
      return (
        `${path[0] ?? ''} in ${table} names a rule that does not exist: ${last}${meant(problem.suggestion)}; ` +
        'a rule goes by its code (MM301), its name (chain-order) or the beginning of codes (MM3)'
      );
    case 'wrong-type':
      return `${path.length === 0 ? table : `${path.join('.')} in ${table}`} must be ${problem.expected}, not ${problem.found}`;
    case 'unknown-level':
      return `${path.join('.')} in ${table} is ${problem.level}${meant(problem.suggestion)}; it may be ${problem.known.join(', ')}`;
  }
}

function meant(suggestion: string | null): string {
  return suggestion === null ? '' : ` (did you mean ${suggestion}?)`;
}
