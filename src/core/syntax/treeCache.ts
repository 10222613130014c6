/** Trees of open documents, the most recently used ones, so that an edit costs a reparse of what it touched. */
import type { Language, Tree } from 'web-tree-sitter';
import { editTree, PythonParser } from './parser';
import type { Pace } from './parser';

interface Entry {
  text: string;
  tree: Tree;
}

/** What a parse of a document gave. The tree belongs to the cache: use it before the next `await`. */
export type CachedParse =
  { readonly kind: 'tree'; readonly tree: Tree } | { readonly kind: 'tangled' } | { readonly kind: 'cancelled' };

export class TreeCache {
  private readonly entries = new Map<string, Entry>();
  /** The newest parse of each document that is under way; an older one finds itself replaced and ends. */
  private readonly underWay = new Map<string, object>();

  /** @param capacity documents whose trees are kept; a tree takes about ten times its text's memory */
  constructor(
    private readonly language: Language,
    private readonly capacity: number,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  /** The tree of a document's present text; a newer call for the same document cancels an older one. */
  async parse(key: string, text: string, pace: Pace): Promise<CachedParse> {
    const turn = {};
    this.underWay.set(key, turn);
    const known = this.entries.get(key);
    if (known?.text === text) {
      this.underWay.delete(key);
      this.keep(key, known);
      return { kind: 'tree', tree: known.tree };
    }
    // The old tree is edited on a copy: were this parse cancelled, it must still match its own text.
    const previous = known?.tree.copy();
    if (known && previous) editTree(previous, known.text, text);
    const parser = new PythonParser(this.language);
    try {
      const result = await parser.parseInSlices(text, pace, {
        ...(previous ? { previous } : {}),
        cancelled: () => this.underWay.get(key) !== turn,
      });
      if (result.kind === 'tree') {
        this.entries.get(key)?.tree.delete();
        this.keep(key, { text, tree: result.tree });
      }
      return result;
    } finally {
      parser.dispose();
      previous?.delete();
      if (this.underWay.get(key) === turn) this.underWay.delete(key);
    }
  }

  /** Forgets a closed document and ends its parse. */
  drop(key: string): void {
    this.underWay.delete(key);
    this.evict(key);
  }

  dispose(): void {
    this.underWay.clear();
    for (const key of [...this.entries.keys()]) this.evict(key);
  }

  private keep(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.capacity) break;
      this.evict(oldest);
    }
  }

  private evict(key: string): void {
    this.entries.get(key)?.tree.delete();
    this.entries.delete(key);
  }
}
