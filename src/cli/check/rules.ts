/** What is said of the rules for each file: by its project, and by the options, which win. */
import path from 'node:path';
import { ProjectRuleFinder, ruleWord, SILENT } from '../../core';
import type { FoundRules, RuleLayer } from '../../core';
import { DISK, withSlashes } from '../../desktop/files/moduleSources';
import type { FileToRead } from '../analysis/fileWork';

export type OptionLayer =
  { readonly ok: true; readonly layer: RuleLayer } | { readonly ok: false; readonly message: string };

/** @param select codes or their beginnings, separated by commas; a rule's name stands for its code */
export function optionLayer(select: string | undefined, ignore: string | undefined): OptionLayer {
  const selected = beginnings(select);
  const ignored = beginnings(ignore);
  if (!selected.ok) return selected;
  if (!ignored.ok) return ignored;
  const layer = { ...SILENT, select: select === undefined ? null : selected.list, ignore: ignored.list };
  return { ok: true, layer };
}

function beginnings(
  text: string | undefined,
): { readonly ok: true; readonly list: readonly string[] } | { readonly ok: false; readonly message: string } {
  const list: string[] = [];
  for (const word of (text ?? '').split(',').map((each) => each.trim())) {
    if (word === '') continue;
    const rule = ruleWord(word);
    if (!rule.ok) {
      const meant = rule.suggestion === null ? '' : ` (did you mean ${rule.suggestion}?)`;
      return { ok: false, message: `there is no rule ${word}${meant}` };
    }
    list.push(rule.beginning);
  }
  return { ok: true, list };
}

export class RulesByProject {
  private readonly finder = new ProjectRuleFinder({
    read: async (file) => ((await DISK.isFile(file)) ? DISK.read(file) : null),
  });
  private readonly told = new Set<string>();

  /** @param tell told once of each project whose configuration cannot be understood */
  constructor(
    private readonly options: RuleLayer,
    private readonly cwd: string,
    private readonly tell: (message: string) => void,
  ) {}

  /** Nothing is checked by rules that were meant otherwise. */
  async prepare(file: FileToRead): Promise<FileToRead | null> {
    const place = file.input ? path.join(this.cwd, file.path) : file.path;
    const found = await this.finder.of(withSlashes(place));
    if (!found) return { ...file, rules: [this.options] };
    if (found.problems.length === 0) return { ...file, rules: [found.layer, this.options] };
    this.complain(found);
    return null;
  }

  private complain({ file, problems }: FoundRules): void {
    if (this.told.has(file)) return;
    this.told.add(file);
    const below = path.relative(this.cwd, file);
    const shown = below.startsWith('..') ? file : below;
    for (const { line, message } of problems) this.tell(`${shown}:${line}: ${message}`);
  }
}
