/** One `.gitignore` file. */
import path from 'node:path';
import ignore from 'ignore';
import type { Ignore } from 'ignore';

export class IgnoreRules {
  private readonly rules: Ignore;

  constructor(
    private readonly folder: string,
    text: string,
  ) {
    this.rules = ignore().add(text);
  }

  /** What it says of a path below its folder. */
  decide(place: string, isFolder: boolean): 'ignored' | 'kept' | 'silent' {
    const relative = path.relative(this.folder, place).split(path.sep).join('/');
    if (relative === '' || relative.startsWith('../')) return 'silent';
    const { ignored, unignored } = this.rules.test(isFolder ? `${relative}/` : relative);
    if (ignored) return 'ignored';
    return unignored ? 'kept' : 'silent';
  }
}
