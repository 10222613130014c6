/** Every rule, and what they find in one function. */
import type { Finding, RelatedSite } from './finding';
import { mm101 } from './mm101';
import { mm102 } from './mm102';
import { mm103 } from './mm103';
import { mm104 } from './mm104';
import { mm105 } from './mm105';
import { mm106 } from './mm106';
import { mm107 } from './mm107';
import { mm108 } from './mm108';
import { mm109 } from './mm109';
import { mm110 } from './mm110';
import { mm201 } from './mm201';
import { mm202 } from './mm202';
import { mm203 } from './mm203';
import { mm204 } from './mm204';
import { mm205 } from './mm205';
import { mm301 } from './mm301';
import { mm302 } from './mm302';
import { mm303 } from './mm303';
import { mm304 } from './mm304';
import { mm305 } from './mm305';
import { mm306 } from './mm306';
import { mm307 } from './mm307';
import { mm308 } from './mm308';
import { mm401 } from './mm401';
import { mm403 } from './mm403';
import { mm405 } from './mm405';
import { mm501 } from './mm501';
import { mm503 } from './mm503';
import { mm901 } from './mm901';
import { mm902 } from './mm902';
import { mm903 } from './mm903';
import { mm904 } from './mm904';
import type { Rule } from './rule';
import type { FunctionScene } from './scene';

/** In the order of their codes. */
export const RULES: readonly Rule[] = [
  mm101,
  mm102,
  mm103,
  mm104,
  mm105,
  mm106,
  mm107,
  mm108,
  mm109,
  mm110,
  mm201,
  mm202,
  mm203,
  mm204,
  mm205,
  mm301,
  mm302,
  mm303,
  mm304,
  mm305,
  mm306,
  mm307,
  mm308,
  mm401,
  mm403,
  mm405,
  mm501,
  mm503,
  mm901,
  mm902,
  mm903,
  mm904,
];

/** A finding whose offsets count from the beginning of its function. */
export interface LocalFinding extends Omit<Finding, 'related'> {
  readonly related: readonly RelatedSite[];
}

/** What the rules find in a function, with offsets from its beginning. */
export function detectIn(scene: FunctionScene): readonly LocalFinding[] {
  const rules = scene.key === '' ? RULES.filter((each) => each.topLevel) : RULES;
  return rules.flatMap((rule) =>
    rule.detect(scene).map((detection) => ({
      related: [],
      ...detection,
      code: rule.code,
      name: rule.name,
      severity: rule.severity,
      surface: rule.surface,
      owner: scene.key,
    })),
  );
}

/** Where a rule is documented, from the root of the project and of the installed extension. */
export function documentationPath(code: string): string {
  return `docs/rules/${code}.md`;
}
