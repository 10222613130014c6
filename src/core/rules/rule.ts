/** A rule: metadata, documentation in four sections, and a pure function from one function's facts to findings. */
import type { FunctionScene } from './scene';
import type { Applicability, Finding, RelatedSite, Severity } from './finding';

export interface RuleDocumentation {
  /** Each in Markdown, without a heading. */
  readonly finds: string;
  readonly why: string;
  /** Python code that the rule finds. */
  readonly example: string;
  /** The same computation, better. */
  readonly instead: string;
}

export interface RuleMetadata {
  /** `MM` and three digits, of which the first is the family. */
  readonly code: string;
  /** In kebab case. */
  readonly name: string;
  readonly category: 'vectorize' | 'compile' | 'algebra' | 'hardware' | 'jax' | 'error';
  /** One line for tables. */
  readonly summary: string;
  readonly severity: Severity;
  readonly surface: Finding['surface'];
  /** The most that its fixes promise; null: it has none. */
  readonly applicability: Applicability | null;
  /** It looks at the code outside of functions, too. */
  readonly topLevel?: true;
  /** The version that brought it. */
  readonly since: string;
  readonly docs: RuleDocumentation;
}

/** What a rule reports; code, name, severity, surface and owner are filled in by the registry. */
export interface Detection {
  /** Offsets of the function's body, as in its statements. */
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly fixes: Finding['fixes'];
  readonly related?: readonly RelatedSite[];
}

export interface Rule extends RuleMetadata {
  detect(scene: FunctionScene): readonly Detection[];
}
