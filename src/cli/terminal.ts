/** Where a command writes: results to standard output, everything else to standard error. */
import type { WriteStream } from 'node:tty';

/** The part of a stream that is used. */
export type Stream = Pick<WriteStream, 'write' | 'once'> & { readonly isTTY?: boolean; readonly columns?: number };

export interface TerminalOptions {
  readonly stdout: Stream;
  readonly stderr: Stream;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** SGR codes (ECMA-48). */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;
export type Look = keyof typeof CODES;

/** Text with looks where they are wanted, else plain. */
export type Paint = (look: Look, text: string) => string;

export class Terminal {
  readonly paint: Paint;
  readonly paintErrors: Paint;

  constructor(private readonly options: TerminalOptions) {
    this.paint = painter(options.stdout, options.variables);
    this.paintErrors = painter(options.stderr, options.variables);
  }

  /** Whether progress can be drawn. */
  get showsProgress(): boolean {
    return this.isRead && this.options.variables.TERM !== 'dumb';
  }

  /** Whether somebody reads what is said. */
  get isRead(): boolean {
    return Boolean(this.options.stderr.isTTY);
  }

  get errorColumns(): number {
    // A terminal that does not know its width says 0.
    const { columns } = this.options.stderr;
    return columns === undefined || columns === 0 ? 80 : columns;
  }

  /** Writes to standard output; resolves when more can be taken. */
  print(text: string): Promise<void> {
    return this.printBytes(text);
  }

  /** The same with bytes of whatever encoding. */
  async printBytes(bytes: Uint8Array | string): Promise<void> {
    if (bytes.length === 0) return;
    if (!this.options.stdout.write(bytes))
      await new Promise<void>((resolve) => this.options.stdout.once('drain', resolve));
  }

  /** Writes a line to standard error. */
  say(line: string): void {
    this.options.stderr.write(`${line}\n`);
  }

  /** Writes to standard error as it is. */
  sayRaw(text: string): void {
    this.options.stderr.write(text);
  }

  /** Tells in one line why a command cannot do what was asked. */
  complain(message: string): void {
    this.say(`${this.paintErrors('bold', 'matmul-lens:')} ${printable(message).replaceAll('\\n', ' ')}`);
  }
}

/** https://no-color.org: a variable that is not empty, whatever its value. */
function painter(stream: Stream, variables: TerminalOptions['variables']): Paint {
  const colours = Boolean(stream.isTTY) && !variables.NO_COLOR && variables.TERM !== 'dumb';
  return (look, text) => {
    if (!colours || text === '') return text;
    const [on, off] = CODES[look];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
}

/** Control characters and those that reverse the writing direction, spelled out: names of files may hold them. */
export function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (unit) =>
    unit === '\n' ? '\\n' : `\\u{${unit.charCodeAt(0).toString(16)}}`,
  );
}
