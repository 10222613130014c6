/** What a rule says of a place in the code, and what can be done about it. Offsets are the file's, in UTF-16 units. */
import type { Site } from '../infer/values';
import type { Span } from '../lower/ir';

export interface Edit extends Span {
  readonly newText: string;
}

/**
 * `safe`: computes the same thing up to rounding. `unsafe`: does so on a condition that the code does not
 * show, which the title or message names. `display`: for reading; nothing is edited.
 */
export type Applicability = 'safe' | 'unsafe' | 'display';

export interface Fix {
  readonly title: string;
  readonly applicability: Applicability;
  readonly edits: readonly Edit[];
  /** The variant of a race as which it runs against the code as it stands. */
  readonly variant?: 'torch-rewrite' | 'torch-vmap';
}

export type Severity = 'hint' | 'information' | 'error';

/** Another place that a finding speaks of. */
export interface Related extends Span {
  readonly message: string;
}

/** The same while offsets count from the beginning of a function. */
export interface RelatedSite extends Site {
  readonly message: string;
}

export interface Finding extends Span {
  readonly code: string;
  /** The rule's name in kebab case. */
  readonly name: string;
  readonly severity: Severity;
  /** `lightbulb`: offered where the cursor stands and never drawn into the code. */
  readonly surface: 'hint' | 'lightbulb';
  readonly message: string;
  readonly fixes: readonly Fix[];
  readonly related: readonly Related[];
  /** Key of the function around it; empty at the top level. */
  readonly owner: string;
}
