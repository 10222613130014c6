/** Asks before the reader's own code runs. */
import { createInterface } from 'node:readline/promises';
import process from 'node:process';
import type { CommandContext } from '../command';
import { printable } from '../terminal';

export interface Consented {
  readonly file: string;
  readonly qualname: string;
  readonly interpreters: readonly string[];
}

export type ConsentResult = 'given' | 'refused' | 'noTerminal';

export async function askConsent(
  { file, qualname, interpreters }: Consented,
  { terminal, stdin }: CommandContext,
): Promise<ConsentResult> {
  if (!stdin.isTTY || !terminal.isRead) return 'noTerminal';
  terminal.say(`To race ${printable(qualname)}, matmul-lens loads ${printable(file)}: its imports, definitions`);
  terminal.say('(with their decorators, default values and class bodies) and constant assignments run, and no other');
  terminal.say(`statement of the file, with all your rights, in ${interpreters.map(printable).join(' and ')}.`);
  const reader = createInterface({ input: stdin, output: process.stderr });
  // Ctrl-C while it asks reaches the reader, not the process.
  reader.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const answer = await reader.question('Go on? [y/N] ');
    return /^y(es)?$/i.test(answer.trim()) ? 'given' : 'refused';
  } finally {
    reader.close();
  }
}
