/** Python files for benchmarks: those of an installed package. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { loadGrammar } from '../src/core';
import type { Language } from '../src/core';

/** The package's folder as the interpreter finds it; ends the process with a word on what to do where it is not there. */
export function packageFolder(name: string, python: string): string {
  const script = `import importlib.util as u; s = u.find_spec(${JSON.stringify(name)}); print(s.submodule_search_locations[0] if s else "")`;
  const found = spawnSync(python, ['-c', script], { encoding: 'utf8' }).stdout.trim();
  if (found) return found;
  process.stderr.write(`${name} is not installed for ${python}: pip install --no-deps ${name}, or give its folder\n`);
  return process.exit(2);
}

export function pythonFiles(folder: string): readonly string[] {
  if (statSync(folder).isFile()) return [folder];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((each) => each.endsWith('.py'))
    .map((each) => path.join(folder, each))
    .toSorted();
}

export function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

export function grammar(): Promise<Language> {
  const read = (name: string): Uint8Array => readFileSync(path.join('node_modules', name));
  return loadGrammar({
    runtime: read('web-tree-sitter/web-tree-sitter.wasm'),
    python: read('tree-sitter-python/tree-sitter-python.wasm'),
  });
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param q between 0 and 1 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}
