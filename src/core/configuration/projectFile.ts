/** `[tool.matmul-lens]` of a `pyproject.toml`. */
import { LineIndex } from '../syntax/lines';
import { problemText } from './problem';
import { readRuleLayer, SILENT } from './ruleLayer';
import type { RuleLayer } from './ruleLayer';
import type { TomlReader } from './toml';

export const PROJECT_FILE = 'pyproject.toml';
const TOOL = 'matmul-lens';
const TABLE = `[tool.${TOOL}]`;

export interface PlacedProblem {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export interface ProjectRules {
  readonly layer: RuleLayer;
  readonly problems: readonly PlacedProblem[];
}

/** @returns null where the file says nothing to this tool */
export function readProjectFile(text: string, readToml: TomlReader): ProjectRules | null {
  // Whatever is wrong with the other tools' tables is not ours to tell.
  if (!text.includes(TOOL)) return null;
  const toml = readToml(text);
  if (!toml.ok) {
    const message = `this is not TOML: ${toml.message}; ${TABLE} counts as soon as the file can be read`;
    return { layer: SILENT, problems: [{ line: toml.line, message }] };
  }
  const table = property(property(toml.value, 'tool'), TOOL);
  if (table === undefined) return null;
  const { layer, problems } = readRuleLayer(table);
  return {
    layer,
    problems: problems.map((each) => ({ line: lineOf(text, each.path), message: problemText(each, TABLE) })),
  };
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** Readers of TOML tell no places of keys: this is where a path is written first, behind the table's name. */
function lineOf(text: string, path: readonly string[]): number {
  let at = Math.max(0, /^[ \t]*\[[^\]\n]*matmul-lens/m.exec(text)?.index ?? text.indexOf(TOOL));
  for (const word of path) {
    const escaped = word.replace(/[^\w-]/g, '\\$&');
    const found = new RegExp(`(?<![\\w-])${escaped}(?![\\w-])`).exec(text.slice(at));
    if (found) at += found.index;
  }
  const lines = new LineIndex(text);
  return lines.position(at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0)).line + 1;
}
