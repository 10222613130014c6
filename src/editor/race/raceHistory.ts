/**
 * Ended races, kept across reloads: the marks, which lenses need at once, in the workspace's state; the whole
 * records, each in a file of its own, in the extension's storage. Nothing is written into the reader's workspace.
 */
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Log } from '../log';
import { RaceMark, markOf } from './raceMark';
import { RaceRecord } from './raceRecord';
import type { RaceTarget } from './raceTarget';

const KEY = 'races';
const MOST = 50;

/** The newest last. */
const Index = v.array(v.object({ id: v.string(), mark: v.nullable(RaceMark) }));
type Index = v.InferOutput<typeof Index>;

export class RaceHistory implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private index: Index;
  private told = false;

  constructor(
    private readonly memento: vscode.Memento,
    private readonly folder: vscode.Uri,
    private readonly log: Log,
  ) {
    const kept = v.safeParse(Index, memento.get(KEY, []));
    this.index = kept.success ? kept.output : [];
  }

  /** The newest race of a function that has a verdict. */
  markOf(target: RaceTarget): RaceMark | null {
    const uri = target.uri.toString();
    return this.index.findLast(({ mark }) => mark?.uri === uri && mark.qualname === target.qualname)?.mark ?? null;
  }

  get newest(): string | null {
    return this.index.at(-1)?.id ?? null;
  }

  /** Keeps a race. Where the disk refuses it is still shown, and forgotten with the window. */
  async add(record: RaceRecord): Promise<void> {
    const all = [...this.index, { id: record.id, mark: markOf(record) }];
    const dropped = all.slice(0, -MOST);
    this.index = all.slice(-MOST);
    this.changed.fire();
    try {
      await vscode.workspace.fs.createDirectory(this.folder);
      await this.write(record);
      await this.memento.update(KEY, this.index);
      for (const { id } of dropped) await vscode.workspace.fs.delete(this.fileOf(id));
    } catch (error) {
      if (!this.told) this.log.warn(`Races are not kept: ${String(error)}`);
      this.told = true;
    }
  }

  /** The whole record; null where it was dropped, or is damaged or of another version. */
  async read(id: string): Promise<RaceRecord | null> {
    // An id comes back from a page: only those that we gave out name a file.
    if (!this.index.some((each) => each.id === id)) return null;
    try {
      const bytes = await vscode.workspace.fs.readFile(this.fileOf(id));
      return v.parse(RaceRecord, JSON.parse(new TextDecoder().decode(bytes)));
    } catch (error) {
      this.log.warn(`The race ${id} cannot be read: ${String(error)}`);
      return null;
    }
  }

  dispose(): void {
    this.changed.dispose();
  }

  /** Under its name only when it is whole. */
  private async write(record: RaceRecord): Promise<void> {
    const whole = this.fileOf(record.id);
    const part = whole.with({ path: `${whole.path}.part` });
    await vscode.workspace.fs.writeFile(part, new TextEncoder().encode(JSON.stringify(record)));
    await vscode.workspace.fs.rename(part, whole, { overwrite: true });
  }

  private fileOf(id: string): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, `${id}.json`);
  }
}
