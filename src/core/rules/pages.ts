/** The documentation of rules as Markdown: a page each, and the table of the README. */
import { evidenceStatus } from './evidence/evidence';
import { priceSection } from './evidence/table';
import type { Applicability } from './finding';
import type { Rule, RuleMetadata } from './rule';

const PROMISES: Readonly<Record<Applicability, string>> = {
  safe: 'Its fix is *safe*: it computes the same, up to rounding. Where a condition cannot be seen in the code, the fix is *unsafe* and its title names the condition.',
  unsafe: 'Its fix is *unsafe*: whether it holds depends on what the code does not show.',
  display: 'It edits nothing: what it offers opens beside the code.',
};

const SHOWN = {
  hint: 'Drawn as a hint under the code.',
  error: 'Drawn as an error: what it finds fails whenever it runs.',
  lightbulb: 'Offered in the lightbulb only, never drawn into the code.',
} as const;

function shownAs({ code, surface, severity }: RuleMetadata): keyof typeof SHOWN {
  if (severity === 'error') return 'error';
  return surface === 'hint' && evidenceStatus(code, 'cpu') !== 'on' ? 'lightbulb' : surface;
}

/** The page of a rule, ready to be written to its file. */
export function rulePage(rule: Rule): string {
  const promise = rule.applicability === null ? 'It has no fix.' : PROMISES[rule.applicability];
  return `<!-- Written by \`npm run docs\` from src/core/rules/${rule.code.toLowerCase()}.ts. -->

# ${rule.code}: ${rule.name}

${rule.summary}

${SHOWN[shownAs(rule)]} ${promise} Since ${rule.since}.

To silence it on one line: \`# matmul-lens: ignore[${rule.code}]\` at its end, or alone on the line above.

## What it finds

${rule.docs.finds}

## Why it matters

${rule.docs.why}

## Example

\`\`\`python
${rule.docs.example}
\`\`\`

## Use instead

\`\`\`python
${rule.docs.instead}
\`\`\`
${priceSection(rule)}`;
}

/** The table of all rules; links are relative to the root of the project. */
export function rulesTable(rules: readonly RuleMetadata[]): string {
  const rows = rules.map(
    (each) =>
      `| [${each.code}](docs/rules/${each.code}.md) | ${each.name} | ${each.summary} | ${shownAs(each)} | ${each.applicability ?? 'none'} |`,
  );
  return ['| rule | name | what it finds | shown as | fix |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}
