/**
 * The parser that the extension brings along, in WebAssembly, against the native one, with the grammar of the same
 * npm package: both read 1,000 real files of the interpreter alike, node by node.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { outlineOf, PythonParser } from '../../src/core';
import type { Tree } from '../../src/core';
import { ROOT, TestCore } from '../core/support/analyze';

const FILES = 1_000;

/** Larger ones would leave time for few. */
const LONGEST = 40_000;

/** One of so many is torn as well. */
const TORN_OF = 4;

const TEARS = ['((', '"""', 'def ', ':', '\n  x', ']', '\\', 'f"{'];

/** What both cursors have; offsets are UTF-16 code units. */
interface Cursor {
  readonly nodeType: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly nodeIsNamed: boolean;
  readonly nodeIsMissing: boolean;
  gotoFirstChild(): boolean;
  gotoNextSibling(): boolean;
  gotoParent(): boolean;
}

interface NativeTree {
  readonly rootNode: { readonly hasError: boolean; readonly startIndex: number; readonly endIndex: number };
  walk(): Cursor;
}

interface NativeParser {
  setLanguage(language: unknown): void;
  parse(text: string, previous: null, options: { bufferSize: number }): NativeTree;
}

describe('the parser and the native one', () => {
  let wasm: PythonParser;
  let native: NativeParser;
  let files: readonly string[];
  before(async function () {
    this.timeout(60_000);
    wasm = new PythonParser((await TestCore.load()).language);
    const Parser = createRequire(path.join(ROOT, 'test/grammar/package.json'))('tree-sitter') as new () => NativeParser;
    native = new Parser();
    native.setLanguage(createRequire(path.join(ROOT, 'package.json'))('tree-sitter-python'));
    files = sample(realFiles());
  });

  const parsed = (text: string): readonly [Tree, NativeTree] => {
    const result = wasm.parse(text, { now: () => performance.now(), limitMs: 30_000 });
    assert(result.kind === 'tree');
    return [result.tree, native.parse(text, null, { bufferSize: 4 * text.length + 1_024 })];
  };

  it(`give the same trees for ${FILES} real files`, function () {
    this.timeout(0);
    assert.equal(files.length, FILES);
    for (const file of files) {
      const [tree, other] = parsed(readText(file));
      assert.equal(difference(tree, other), null, file);
      tree.delete();
    }
  });

  it('read outlines of them as they read the whole', async function () {
    this.timeout(0);
    const core = await TestCore.load();
    let read = 0;
    for (const file of files) {
      const text = readText(file);
      const outline = outlineOf(text);
      const whole = outline && core.facts(text, text);
      if (!whole) continue;
      assert.deepEqual(core.facts(outline, text), whole, file);
      read++;
    }
    // Of few files the lines do not show what is in them.
    assert.ok(read > 0.9 * files.length, `${read} of ${files.length} files`);
  });

  it('find the same texts broken, and nearly always tear them alike', function () {
    this.timeout(0);
    let alike = 0;
    const torn = files.filter((_, at) => at % TORN_OF === 0);
    for (const [at, file] of torn.entries()) {
      const text = tear(readText(file), at);
      const [tree, other] = parsed(text);
      const { hasError, startIndex, endIndex } = tree.rootNode;
      const { rootNode } = other;
      assert.deepEqual([hasError, startIndex, endIndex], [rootNode.hasError, rootNode.startIndex, rootNode.endIndex]);
      if (difference(tree, other) === null) alike++;
      tree.delete();
    }
    // How broken code is recovered is tuned from version to version, and no version of both is the same.
    assert.ok(alike >= 0.95 * torn.length, `${alike} of ${torn.length}`);
  });
});

/** Where the trees differ, or null. */
function difference(tree: Tree, other: NativeTree): string | null {
  const cursor = tree.walk();
  const [a, b]: readonly Cursor[] = [cursor, other.walk()];
  assert(a && b);
  try {
    for (;;) {
      const [here, there] = [described(a), described(b)];
      if (here !== there) return `${here}, natively ${there}`;
      const [goesOn, goesOnThere] = [advance(a), advance(b)];
      if (goesOn !== goesOnThere) return `${here} is the last one of but one tree`;
      if (!goesOn) return null;
    }
  } finally {
    cursor.delete();
  }
}

function described({ nodeType, startIndex, endIndex, nodeIsNamed, nodeIsMissing }: Cursor): string {
  return `${nodeType} ${startIndex} ${endIndex} ${nodeIsNamed} ${nodeIsMissing}`;
}

/** To the next node, parents first. */
function advance(cursor: Cursor): boolean {
  if (cursor.gotoFirstChild()) return true;
  while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return false;
  return true;
}

/** All files of the interpreter's standard library and of what is installed in it. */
function realFiles(): readonly string[] {
  const script = 'import json, sysconfig; p = sysconfig.get_paths(); print(json.dumps([p["stdlib"], p["purelib"]]))';
  const { stdout } = spawnSync(process.env.MATMUL_LENS_PYTHON ?? 'python3', ['-c', script], { encoding: 'utf8' });
  const found = (JSON.parse(stdout) as readonly string[]).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((each) => each.endsWith('.py'))
      .map((each) => path.join(folder, each)),
  );
  return [...new Set(found)].toSorted();
}

/** As many as are wanted, from all over, the same ones each time. */
function sample(all: readonly string[]): readonly string[] {
  const step = Math.max(1, Math.floor(all.length / FILES));
  const order = Array.from({ length: step }, (_, offset) => all.filter((__, at) => at % step === offset)).flat();
  const chosen: string[] = [];
  for (const each of order) {
    if (chosen.length === FILES) break;
    const { length } = readText(each);
    if (length > 0 && length <= LONGEST) chosen.push(each);
  }
  return chosen;
}

/** A NUL and a lone CR mean something else to a parser than to Python; the extension's never sees them. */
function readText(file: string): string {
  return readFileSync(file, 'utf8')
    .replaceAll('\0', ' ')
    .replace(/\r(?!\n)/g, '\n');
}

function tear(text: string, at: number): string {
  const place = (at * 7_919) % text.length;
  return text.slice(0, place) + (TEARS[at % TEARS.length] ?? '') + text.slice(place + (at % 7));
}
