/**
 * The Python files and notebooks below a folder, as linters search them: `.gitignore` files count (nested ones too, and those
 * above up to the repository's root), hidden folders and folders of built or installed code are left out. What is
 * named is searched whatever an ignore file says. Symbolic links are followed; each real folder is visited once, so
 * that a loop ends.
 */
import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import path from 'node:path';
import { IgnoreRules } from './ignoreRules';

export type Found =
  | { readonly kind: 'file'; readonly path: string; /** As named, or below what was named. */ readonly shown: string }
  /** Something that could not be searched. */
  | { readonly kind: 'unreadable'; readonly shown: string; readonly reason: string };

/** Folders that hold no code of the project's own (ruff's default `exclude`, less the hidden ones). */
const NOT_SOURCES = new Set([
  ...['__pycache__', '__pypackages__', '_build', 'buck-out', 'build', 'dist', 'node_modules', 'site-packages', 'venv'],
]);

interface Folder {
  readonly path: string;
  readonly shown: string;
  readonly real: string;
  readonly rules: readonly IgnoreRules[];
}

/** @param root an existing folder; files come in the order of their names, a folder's files before its folders */
export async function* walk(root: string): AsyncGenerator<Found> {
  const absolute = path.resolve(root);
  const real = await realpath(absolute);
  const visited = new Set([real]);
  const waiting: Folder[] = [{ path: absolute, shown: root, real, rules: await rulesAbove(absolute) }];
  for (let folder = waiting.pop(); folder; folder = waiting.pop()) {
    const entries = await entriesOf(folder.path);
    if (!Array.isArray(entries)) {
      yield { kind: 'unreadable', shown: folder.shown, reason: entries };
      continue;
    }
    const rules = await rulesIn(folder, entries);
    const below: Folder[] = [];
    for (const entry of entries) {
      const place = path.join(folder.path, entry.name);
      const shown = path.join(folder.shown, entry.name);
      const kind = await kindOf(entry, place);
      if (kind === 'file' && /\.(?:pyw?|ipynb)$/.test(entry.name) && !isIgnored(rules, place, false)) {
        yield { kind: 'file', path: place, shown };
      } else if (kind === 'folder' && isSource(entry.name) && !isIgnored(rules, place, true)) {
        const target = entry.isSymbolicLink() ? await realpath(place) : path.join(folder.real, entry.name);
        if (visited.has(target) || (await isVirtualEnvironment(place))) continue;
        visited.add(target);
        below.push({ path: place, shown, real: target, rules });
      }
    }
    waiting.push(...below.reverse());
  }
}

function isSource(name: string): boolean {
  return !name.startsWith('.') && !NOT_SOURCES.has(name);
}

async function isVirtualEnvironment(folder: string): Promise<boolean> {
  return (await kindAt(path.join(folder, 'pyvenv.cfg'))) === 'file';
}

async function entriesOf(folder: string): Promise<Dirent[] | string> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

async function kindOf(entry: Dirent, place: string): Promise<'file' | 'folder' | 'other'> {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? kindAt(place) : 'other';
}

async function kindAt(place: string): Promise<'file' | 'folder' | 'other'> {
  try {
    const found = await stat(place);
    if (found.isFile()) return 'file';
    return found.isDirectory() ? 'folder' : 'other';
  } catch {
    // A link to nowhere, or to itself.
    return 'other';
  }
}

/** Innermost last. */
async function rulesIn(folder: Folder, entries: readonly Dirent[]): Promise<readonly IgnoreRules[]> {
  if (!entries.some((entry) => entry.name === '.gitignore')) return folder.rules;
  return [...folder.rules, ...(await readRules(folder.path))];
}

/** The rules of the folders above up to the repository's root; none outside a repository. */
async function rulesAbove(root: string): Promise<readonly IgnoreRules[]> {
  const above: string[] = [];
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (folder !== root) above.unshift(folder);
    if ((await kindAt(path.join(folder, '.git'))) !== 'other') break;
    if (folder === path.dirname(folder)) return [];
  }
  const rules = (await Promise.all(above.map(readRules))).flat();
  // Rules that leave out what was named itself say nothing about what is in it.
  return rules.filter((each) => each.decide(root, true) !== 'ignored');
}

async function readRules(folder: string): Promise<readonly IgnoreRules[]> {
  try {
    return [new IgnoreRules(folder, await readFile(path.join(folder, '.gitignore'), 'utf8'))];
  } catch {
    return [];
  }
}

/** The innermost file that says anything decides, as in git. */
function isIgnored(rules: readonly IgnoreRules[], place: string, isFolder: boolean): boolean {
  for (const each of [...rules].reverse()) {
    const decision = each.decide(place, isFolder);
    if (decision !== 'silent') return decision === 'ignored';
  }
  return false;
}
