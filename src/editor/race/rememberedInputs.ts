/** The inputs that the reader last raced a function with. */
import * as v from 'valibot';
import type { Memento } from 'vscode';
import { FormValues } from '../../protocol';
import type { RaceTarget } from './raceTarget';

const KEY = 'inputs';
const MOST = 200;

/** The newest last. */
const Entries = v.array(v.tuple([v.string(), FormValues]));

export class RememberedInputs {
  constructor(private readonly memento: Memento) {}

  of(target: RaceTarget): FormValues | null {
    return this.entries().find(([key]) => key === keyOf(target))?.[1] ?? null;
  }

  async remember(target: RaceTarget, values: FormValues): Promise<void> {
    const others = this.entries().filter(([key]) => key !== keyOf(target));
    await this.memento.update(KEY, [...others, [keyOf(target), values]].slice(-MOST));
  }

  /** What another version wrote in another form is forgotten. */
  private entries(): v.InferOutput<typeof Entries> {
    const read = v.safeParse(Entries, this.memento.get(KEY));
    return read.success ? read.output : [];
  }
}

function keyOf(target: RaceTarget): string {
  return `${target.uri.toString()}#${target.qualname}`;
}
