/** The Python files whose functions and modules are translated and run. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../core/support/analyze';

const FOLDER = path.join(ROOT, 'test/translate/fixtures');

export interface Fixture {
  /** The file's name. */
  readonly file: string;
  readonly path: string;
  readonly text: string;
}

export function fixtures(): readonly Fixture[] {
  return readdirSync(FOLDER)
    .filter((each) => each.endsWith('.py'))
    .map((file) => {
      const whole = path.join(FOLDER, file);
      return { file, path: whole, text: readFileSync(whole, 'utf8') };
    });
}

/** What a fixture offers to try, by the keys of its `CASES`. */
export function casesOf(text: string): readonly string[] {
  const cases = text.slice(text.indexOf('\nCASES = {'));
  return [...cases.matchAll(/^ {4}"([\w.]+)": lambda/gm)].flatMap((each) => each[1] ?? []);
}
