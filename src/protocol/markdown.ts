/** A race as Markdown, for issues and pull requests: the panel's *Copy as Markdown* and `bench --format markdown`. */
import { baselineOf } from './baseline';
import { formatError, formatPercent, formatSeconds, formatSpeedup, significant } from './format';
import type { Comparison, Fingerprint, VariantResult } from './report';
import type { RaceState } from './race';
import { remarks } from './remarks';
import type { Target } from './request';
import { MODE_WORDS, sentence } from './sentence';
import type { Mode } from './vocabulary';

/** What of a race is written down. One that was broken off has no verdicts. */
interface WrittenRace {
  readonly target: Target | null;
  readonly variants: readonly VariantResult[];
  readonly comparisons: readonly Comparison[];
}

export function raceMarkdown(state: RaceState): string {
  const { target, rows: variants, notes, report } = state;
  const race: WrittenRace = { target, variants, comparisons: state.status === 'done' ? state.comparisons : [] };
  const modes = [...new Set(race.variants.map((row) => row.mode))];
  return [
    `### ${titleOf(race)}`,
    ...(race.target ? targetLines(race.target) : []),
    ...modes
      .map((mode) => sentence(race, mode) ?? `${MODE_WORDS[mode]}: no verdict.`)
      .map((each) => `**${inline(each)}**`),
    ...modes.flatMap((mode) => [modeTable(race, mode), ...modeRemarks(race, mode)]),
    ...(notes.length > 0 ? [notes.map((note) => `- ${inline(note)}`).join('\n')] : []),
    ...(report ? [conditions(report.fingerprint, report.started_at)] : []),
  ].join('\n\n');
}

function titleOf({ target }: WrittenRace): string {
  return target ? `${code(target.qualname)}${target.synthetic ? ' (synthetic: the same shapes)' : ''}` : 'Race';
}

function targetLines(target: Target): readonly string[] {
  const inputs = Object.entries(target.inputs).map(([name, spec]) => `${name}: ${spec}`);
  const init = Object.entries(target.init).map(([name, value]) => `${name}=${value}`);
  const all = [...inputs, ...init].map(code).join(', ');
  return all === '' ? [] : [all];
}

function modeTable(race: WrittenRace, mode: Mode): string {
  const rows = race.variants.filter((row) => row.mode === mode);
  const baseline = baselineOf(rows, mode);
  const against = (row: VariantResult): Comparison | null =>
    race.comparisons.find((each) => each.mode === mode && each.a === baseline?.name && each.b === row.name) ?? null;
  return [
    `| ${MODE_WORDS[mode]} | median | 95 % interval | speed-up | verdict | GFLOP/s | of peak | error | first call |`,
    '| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |',
    ...rows.map(
      (row) =>
        `| ${cells(row, row === baseline, against(row))
          .map(inline)
          .join(' | ')} |`,
    ),
  ].join('\n');
}

function modeRemarks({ variants, comparisons }: WrittenRace, mode: Mode): readonly string[] {
  const span = ([low, high]: readonly [number, number]) => `${formatSpeedup(1 / high)} to ${formatSpeedup(1 / low)}`;
  const all = remarks(variants, comparisons, mode, span);
  return all.length === 0 ? [] : [all.map((each) => `- ${inline(each)}`).join('\n')];
}

function cells(row: VariantResult, isBaseline: boolean, against: Comparison | null): readonly string[] {
  const { median_s, ci_s, flops_per_s, peak_fraction, error, compile_s } = row;
  const known = (value: number | null, format: (value: number) => string) => (value === null ? '–' : format(value));
  const ratio = against?.ratio ?? null;
  const verdict = isBaseline && row.status === 'ok' ? 'baseline' : (against?.verdict ?? row.reason ?? row.status);
  return [
    row.label,
    known(median_s, formatSeconds),
    ci_s ? `${formatSeconds(ci_s[0])} to ${formatSeconds(ci_s[1])}` : '–',
    isBaseline && median_s !== null ? '1×' : known(ratio, (value) => formatSpeedup(1 / value)),
    verdict,
    known(flops_per_s, (value) => significant(value / 1e9)),
    known(peak_fraction, formatPercent),
    known(error, formatError),
    known(compile_s, formatSeconds),
  ];
}

function conditions(print: Fingerprint, startedAt: string): string {
  const parts = [
    print.device,
    print.threads === 1 ? '1 thread' : `${print.threads} threads`,
    `precision ${print.precision}`,
    ...(print.python === null ? [] : [`Python ${print.python}`]),
    print.torch === null ? 'no PyTorch' : `PyTorch ${print.torch}`,
    print.jax === null ? 'no JAX' : `JAX ${print.jax}`,
    startedAt,
  ];
  return `<sub>${inline(parts.join(' · '))}</sub>`;
}

/** Text on one line in which nothing is markup. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>|~]/g, '\\$&');
}

/** A code span; longer fences than the text has of them, and no line breaks or table borders. */
function code(text: string): string {
  const fence = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const pad = fence.length > 1 ? ' ' : '';
  return `${fence}${pad}${text.replace(/\s+/g, ' ').replaceAll('|', '\\|')}${pad}${fence}`;
}
