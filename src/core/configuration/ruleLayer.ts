/** What one place, such as a project's file or an editor's settings, says of the rules: from plain data, checked. */
import type { Severity } from '../rules/finding';
import type { ConfigurationProblem } from './problem';
import { nearest } from './nearest';
import { ruleWord } from './ruleWords';

export const LEVELS = ['hint', 'information', 'error', 'off'] as const satisfies readonly (Severity | 'off')[];
export type Level = (typeof LEVELS)[number];

/** Rules stand in it by the beginnings of their codes. Plain data, so that it can be handed to a thread. */
export interface RuleLayer {
  /** Null: it does not say. */
  readonly select: readonly string[] | null;
  readonly ignore: readonly string[];
  readonly severity: readonly { readonly beginning: string; readonly level: Level }[];
}

export const SILENT: RuleLayer = { select: null, ignore: [], severity: [] };

const KEYS = ['select', 'ignore', 'severity'] as const;

/** What can be understood counts, whatever else is wrong. */
export interface ReadLayer {
  readonly layer: RuleLayer;
  readonly problems: readonly ConfigurationProblem[];
}

export function readRuleLayer(data: unknown): ReadLayer {
  const problems: ConfigurationProblem[] = [];
  if (!isTable(data)) {
    return { layer: SILENT, problems: [{ kind: 'wrong-type', path: [], expected: 'a table', found: typeText(data) }] };
  }
  for (const key of Object.keys(data)) {
    if (!KEYS.some((each) => each === key)) {
      problems.push({ kind: 'unknown-key', path: [key], known: KEYS, suggestion: nearest(key, KEYS) });
    }
  }
  const select = data.select === undefined ? null : beginnings('select', data.select, problems);
  const ignore = data.ignore === undefined ? [] : beginnings('ignore', data.ignore, problems);
  const severity = data.severity === undefined ? [] : levels(data.severity, problems);
  return { layer: { select, ignore: ignore ?? [], severity }, problems };
}

/** @returns null where it is no list at all: then it does not say */
function beginnings(key: string, value: unknown, problems: ConfigurationProblem[]): readonly string[] | null {
  const expected = 'a list of rules, such as ["MM101", "MM3"]';
  if (!Array.isArray(value)) {
    problems.push({ kind: 'wrong-type', path: [key], expected, found: typeText(value) });
    return null;
  }
  return value.flatMap((word: unknown) => {
    if (typeof word !== 'string') {
      problems.push({ kind: 'wrong-type', path: [key], expected, found: `a list with ${typeText(word)}` });
      return [];
    }
    const read = ruleWord(word);
    if (read.ok) return [read.beginning];
    problems.push({ kind: 'unknown-rule', path: [key, word], suggestion: read.suggestion });
    return [];
  });
}

function levels(value: unknown, problems: ConfigurationProblem[]): RuleLayer['severity'] {
  if (!isTable(value)) {
    const expected = 'a table, such as { MM301 = "information" }';
    problems.push({ kind: 'wrong-type', path: ['severity'], expected, found: typeText(value) });
    return [];
  }
  return Object.entries(value).flatMap(([word, text]) => {
    const path = ['severity', word];
    const rule = ruleWord(word);
    if (!rule.ok) problems.push({ kind: 'unknown-rule', path, suggestion: rule.suggestion });
    const level = LEVELS.find((each) => each === text);
    if (typeof text !== 'string') {
      problems.push({ kind: 'wrong-type', path, expected: `one of ${LEVELS.join(', ')}`, found: typeText(text) });
    } else if (!level) {
      problems.push({ kind: 'unknown-level', path, level: text, known: LEVELS, suggestion: nearest(text, LEVELS) });
    }
    return rule.ok && level ? [{ beginning: rule.beginning, level }] : [];
  });
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function typeText(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return typeof value === 'object' ? 'a table' : `a ${typeof value}`;
}
