/** The trees of the last few texts that were parsed, for whoever has to look into one of them again. */
import type { Tree } from 'web-tree-sitter';

interface Kept {
  readonly text: string;
  readonly tree: Tree;
}

export class RecentTrees {
  /** By id, the newest last. */
  private readonly kept = new Map<string, Kept>();
  private characters = 0;

  /** @param most characters of the texts whose trees are kept */
  constructor(private readonly most: number) {}

  /** The tree of a text, or null where it is gone; good until the next one is kept. */
  get(id: string, text: string): Tree | null {
    const known = this.kept.get(id);
    return known?.text === text ? known.tree : null;
  }

  /** Takes a tree over, and frees the oldest. */
  keep(id: string, text: string, tree: Tree): void {
    this.drop(id);
    this.kept.set(id, { text, tree });
    this.characters += text.length;
    for (const oldest of this.kept.keys()) {
      if (this.characters <= this.most || oldest === id) break;
      this.drop(oldest);
    }
  }

  clear(): void {
    for (const id of [...this.kept.keys()]) this.drop(id);
  }

  private drop(id: string): void {
    const known = this.kept.get(id);
    if (!known) return;
    known.tree.delete();
    this.kept.delete(id);
    this.characters -= known.text.length;
  }
}
