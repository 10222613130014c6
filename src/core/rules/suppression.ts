/** Comments that silence rules: `# matmul-lens: ignore` and `# matmul-lens: ignore[MM101, MM301]`. */
import type { Directive } from '../lower/facts';
import { LineIndex } from '../syntax/lines';
import type { Edit, Finding } from './finding';

/** A comment speaks for its own line; one that stands alone on its line, for the next line of code. */
export class Suppressions {
  private readonly byLine = new Map<number, readonly string[] | 'all'>();
  private readonly lines: LineIndex | null;

  constructor(
    directives: readonly Directive[],
    private readonly text: string,
  ) {
    const ignores = directives.filter((each) => each.kind === 'ignore');
    this.lines = ignores.length > 0 ? new LineIndex(text) : null;
    for (const each of ignores) {
      const codes = /\[([^\]]*)\]/.exec(each.text)?.[1];
      this.add(each, codes === undefined ? 'all' : codes.split(',').map((code) => code.trim().toUpperCase()));
    }
  }

  /** A finding is silenced on the line where it begins and on the line where it ends. */
  silences(finding: Pick<Finding, 'code' | 'start' | 'end'>): boolean {
    if (!this.lines) return false;
    return [finding.start, finding.end].some((offset) => {
      const codes = this.byLine.get(this.lines?.position(offset).line ?? -1);
      return codes === 'all' || codes?.includes(finding.code) === true;
    });
  }

  private add(directive: Directive, codes: readonly string[] | 'all'): void {
    if (!this.lines) return;
    let { line } = this.lines.position(directive.start);
    if (directive.ownLine) {
      do line++;
      while (line < this.lines.lineCount && /^\s*(?:#.*)?$/.test(this.lineText(line)));
    }
    const known = this.byLine.get(line);
    this.byLine.set(line, codes === 'all' || known === 'all' ? 'all' : [...(known ?? []), ...codes]);
  }

  private lineText(line: number): string {
    return this.lines ? this.text.slice(this.lines.lineStart(line), this.lines.lineStart(line + 1)) : '';
  }
}

/** The comment that silences a finding: added to the codes of one that is there, else at the end of its line. */
export function commentFor(
  text: string,
  directives: readonly Directive[],
  finding: Pick<Finding, 'code' | 'start'>,
): Edit {
  const lines = new LineIndex(text);
  const { line } = lines.position(finding.start);
  const there = directives.find(
    (each) => each.kind === 'ignore' && !each.ownLine && lines.position(each.start).line === line,
  );
  const bracket = there ? text.indexOf(']', there.start) : -1;
  if (there && bracket >= 0 && bracket < there.end) {
    return { start: bracket, end: bracket, newText: `, ${finding.code}` };
  }
  const next = lines.lineStart(line + 1);
  const content = text.slice(lines.lineStart(line), next).trimEnd();
  const comment = `# matmul-lens: ignore[${finding.code}]`;
  // A backslash or an open string at the line's end leaves no room for a comment: it goes above.
  if (content.endsWith('\\') || isInsideString(content)) {
    const start = lines.lineStart(line);
    return {
      start,
      end: start,
      newText: `${lines.indentation(line)}${comment}${text.includes('\r\n') ? '\r\n' : '\n'}`,
    };
  }
  const at = lines.lineStart(line) + content.length;
  return { start: at, end: at, newText: `  ${comment}` };
}

function isInsideString(line: string): boolean {
  return ((line.match(/"""|'''/g) ?? []).length & 1) === 1;
}
