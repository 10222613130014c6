/** What becomes of fixed files: written, shown as a diff, or printed; and what is told of it in the end. */
import path from 'node:path';
import { replaceFile } from '../../desktop/files/replaceFile';
import { filesText } from '../analysis/analyzeFiles';
import type { FileToRead } from '../analysis/fileWork';
import type { CommandContext } from '../command';
import { refusedText } from '../fix/fixInRounds';
import type { Fixing } from '../fix/fixInRounds';
import { unifiedDiff } from '../fix/unifiedDiff';
import { printable } from '../terminal';

export type FixMode = 'write' | 'diff';

export class Fixes {
  private applied = 0;
  private files = 0;
  private needUnsafe = 0;
  /** Files that could not be written. */
  failed = 0;

  constructor(
    private readonly mode: FixMode,
    private readonly context: CommandContext,
  ) {}

  /** @returns whether the file is now as it was fixed */
  async take(file: FileToRead, fixing: Fixing): Promise<boolean> {
    const { terminal, progress } = this.context;
    for (const each of fixing.refused) {
      progress.clear();
      terminal.say(printable(refusedText(file.shown, each)));
    }
    this.needUnsafe += fixing.needUnsafe;
    const outcome = await this.give(file, fixing);
    if (outcome === 'done' && fixing.applied > 0) {
      this.applied += fixing.applied;
      this.files++;
    }
    return this.mode === 'write' && outcome !== 'failed';
  }

  /** Such as `Fixed 3 in 2 files (1 more needs --unsafe).` */
  summary(): string {
    const { applied, needUnsafe, mode } = this;
    const more = needUnsafe === 0 ? '' : ` (${needUnsafe} more ${needUnsafe === 1 ? 'needs' : 'need'} --unsafe)`;
    if (applied === 0) return `Nothing ${mode === 'diff' ? 'to fix' : 'fixed'}${more}.`;
    return `${mode === 'diff' ? 'Would fix' : 'Fixed'} ${applied} in ${filesText(this.files)}${more}.`;
  }

  /** `again`: the same file has been written already, under another name. */
  private async give(file: FileToRead, { before, after, applied }: Fixing): Promise<'done' | 'again' | 'failed'> {
    const { terminal, progress, cwd } = this.context;
    if (this.mode === 'diff') {
      const name = file.input ? file.shown : path.relative(cwd, file.path).split(path.sep).join('/');
      progress.clear();
      await terminal.printBytes(unifiedDiff(printable(name), before, after));
      return 'done';
    }
    if (file.input) {
      await terminal.printBytes(after);
      return 'done';
    }
    if (applied === 0) return 'done';
    const replaced = replaceFile(file.path, before, after);
    if (replaced.ok) return replaced.how === 'written' ? 'done' : 'again';
    progress.clear();
    terminal.complain(`${file.shown} ${replaced.reason}`);
    this.failed++;
    return 'failed';
  }
}
