/** What a rule's fix was measured to gain, as a section of its page. */
import type { DeviceKind } from '../../../protocol/vocabulary';
import { evidenceOf, evidenceStatus } from './evidence';
import type { Evidence, EvidenceRow, EvidenceStatus } from './evidence';
import type { RuleMetadata } from '../rule';

const KINDS: readonly (readonly [DeviceKind, string])[] = [
  ['cpu', 'CPU'],
  ['cuda', 'CUDA'],
];

const COLUMNS = [
  { title: 'forward', mode: 'forward', form: 'fix' },
  { title: 'training', mode: 'training', form: 'fix' },
  { title: 'JAX jit, forward', mode: 'forward', form: 'jax' },
  { title: 'JAX jit, training', mode: 'training', form: 'jax' },
] as const;

const SAYS = {
  on: 'so that the rule speaks there by itself.',
  off: 'which is no gain at its typical size: there the rule only answers in the lightbulb.',
} as const;

/** Markdown; empty where nothing of the rule was raced. */
export function priceSection({ code, surface }: Pick<RuleMetadata, 'code' | 'surface'>): string {
  const measured = KINDS.map(([kind, name]) => ({ kind, name, evidence: evidenceOf(code, kind) }));
  if (measured.every(({ evidence }) => evidence === null)) return '';
  const parts = measured.map(({ kind, name, evidence }) =>
    evidence
      ? measuredText(surface === 'hint' ? evidenceStatus(code, kind) : 'unmeasured', name, evidence)
      : `Not measured on ${name}.\n`,
  );
  return `\n## Price\n\nSpeed against the code as written, with the 95 % interval of the ratio; over 1 it gains. Copies that the fix makes are inside the timing, the time to compile is not.\n\n${parts.join('\n')}`;
}

/** @param status what the figures decide, where they decide whether the rule speaks */
function measuredText(status: EvidenceStatus, name: string, { measured, machine, rows }: Evidence): string {
  const sizes = [...new Set(rows.map(({ size }) => size))];
  const columns = COLUMNS.filter(({ form }) => rows.some((each) => each.form === form));
  const lines = sizes.map((size) => {
    const of = rows.filter((each) => each.size === size);
    const cells = columns.map((column) => gain(of.find((each) => isIn(column, each))));
    return `| ${[size, of[0]?.shapes ?? '', ...cells].join(' | ')} |`;
  });
  const { device, threads, torch, jax } = machine;
  const where = `${String(device)}, ${String(threads)} ${threads === 1 ? 'thread' : 'threads'}, torch ${String(torch)}${columns.some(({ form }) => form === 'jax') ? `, JAX ${String(jax)}` : ''}, float32, ${measured}`;
  const says = status === 'unmeasured' ? '' : `, ${SAYS[status]}`;
  return `${name} (${where})${says}\n\n| ${['size', 'inputs', ...columns.map(({ title }) => title)].join(' | ')} |\n|${' --- |'.repeat(columns.length + 2)}\n${lines.join('\n')}\n\n${limits(rows)}\n`;
}

/** Where the fix does not pay, as far as it was raced. */
function limits(rows: readonly EvidenceRow[]): string {
  const none = rows.filter((each) => each.form === 'fix' && each.verdict !== 'faster');
  if (none.length === 0) return 'The fix gained at each of these sizes.';
  const places = [...new Set(none.map(({ size }) => size))].map((size) => {
    const modes = none.filter((each) => each.size === size).map(({ mode }) => mode);
    return `${size} (${modes.join(' and ')})`;
  });
  return `No certain gain of the fix was seen at: ${places.join(', ')}.`;
}

function isIn({ form, mode }: (typeof COLUMNS)[number], row: EvidenceRow): boolean {
  return row.form === form && row.mode === mode;
}

function gain(row: EvidenceRow | undefined): string {
  if (!row) return 'not raced';
  if (row.gain === null) return row.verdict;
  const [low, high] = row.interval ?? [];
  const text = `${digits(row.gain)}×${low === undefined || high === undefined ? '' : ` (${digits(low)} to ${digits(high)})`}`;
  return row.verdict === 'faster' || row.verdict === 'slower' ? `${text}, ${row.verdict}` : `${text}: ${row.verdict}`;
}

function digits(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(2);
}
