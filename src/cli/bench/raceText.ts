/** A finished race for the terminal: verdicts first, then the tables. */
import type { RaceState } from '../../protocol';
import type { Paint } from '../terminal';
import { conditionsText, failureText, problemsOf, targetText } from './raceFacts';
import { raceTables } from './raceTable';
import type { RaceTable } from './raceTable';

const WORD_LOOKS: Readonly<Record<string, Parameters<Paint>[0]>> = {
  faster: 'green',
  failed: 'red',
  inconclusive: 'yellow',
  'not comparable': 'yellow',
};

export function raceText(race: RaceState, paint: Paint): string {
  const tables = raceTables(race);
  const sections = [
    tables.map(({ verdict }) => paint('bold', verdict)).join('\n'),
    [
      ...(race.target ? [targetText(race.target)] : []),
      ...(race.report ? [conditionsText(race.report.fingerprint)] : []),
    ].join('\n'),
    ...tables.map((table) => tableText(table, paint)),
    problemsOf(race)
      .map(({ affected, failure }) => `${paint('red', affected)}: ${failureText(failure)}`)
      .join('\n'),
    race.notes.join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function tableText({ header, rows, remarks }: RaceTable, paint: Paint): string {
  const lines = rows.map(({ label, word, content }) => ({
    cells: [label, word, ...('cells' in content ? content.cells : [])],
    reason: 'reason' in content ? content.reason : '',
  }));
  const widths = header.map((title, column) =>
    Math.max(title.length, ...lines.map(({ cells }) => cells[column]?.length ?? 0)),
  );
  // Text to the left, numbers to the right.
  const padded = (text: string, column: number) =>
    column < 2 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return [
    paint('dim', header.map(padded).join('  ').trimEnd()),
    ...lines.map(({ cells, reason }) => {
      const shown = cells.map((text, column) => {
        const look = column === 1 ? WORD_LOOKS[text] : undefined;
        return look ? paint(look, padded(text, column)) : padded(text, column);
      });
      return [...shown, ...(reason === '' ? [] : [reason])].join('  ').trimEnd();
    }),
    ...remarks.map((remark) => paint('dim', remark)),
  ].join('\n');
}
