/** A cursor over a tree with what lowering needs beside it: the text, the body's origin, a depth bound. */
import type { Language, TreeCursor } from 'web-tree-sitter';
import type { Steps } from '../steps';

/**
 * Deeper nesting is lowered to opaque nodes, so that recursion stays within the stack. CPython itself ends at
 * 200 nested parentheses; a long chain of operators or method calls may go deeper.
 */
const MAX_DEPTH = 400;

/** Longer literals are data; nobody asks about their items. */
export const MAX_ITEMS = 512;

/** The grammar's symbols by number: asking a table is cheaper than asking the parser. */
export class SymbolTable {
  readonly types: readonly string[];
  readonly named: readonly boolean[];

  constructor(language: Language) {
    this.types = language.types;
    this.named = language.types.map((_, id) => language.nodeTypeIsNamed(id));
  }
}

export class Reader {
  private depth = 0;
  /** Whether the node at the cursor is a named one; set by `children`. */
  named = true;

  constructor(
    readonly cursor: TreeCursor,
    private readonly symbols: SymbolTable,
    private readonly source: string,
    readonly origin: number,
    /** Function bodies at the top level and in classes are left for later. */
    readonly deferBodies: boolean,
  ) {}

  get start(): number {
    return this.cursor.startIndex - this.origin;
  }

  get end(): number {
    return this.cursor.endIndex - this.origin;
  }

  /** The type of the node at the cursor. */
  get type(): string {
    return this.symbols.types[this.cursor.nodeTypeId] ?? '';
  }

  /** The field of its parent that the node at the cursor is, or null. */
  get field(): string | null {
    return this.cursor.currentFieldName;
  }

  get text(): string {
    return this.source.slice(this.cursor.startIndex, this.cursor.endIndex);
  }

  /** The source between two offsets of this body. */
  slice(start: number, end: number): string {
    return this.source.slice(start + this.origin, end + this.origin);
  }

  /** Visits the children of the present node that are no comments; the cursor is back at the node afterwards. */
  children(visit: (type: string) => void): void {
    const { cursor, symbols } = this;
    if (!cursor.gotoFirstChild()) return;
    do {
      const id = cursor.nodeTypeId;
      const type = symbols.types[id] ?? '';
      if (type === 'comment' || type === 'line_continuation') continue;
      this.named = symbols.named[id] ?? false;
      visit(type);
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }

  /** The same, one child a step. */
  *childrenInSteps(visit: (type: string) => void): Steps<void> {
    const { cursor, symbols } = this;
    if (!cursor.gotoFirstChild()) return;
    do {
      const id = cursor.nodeTypeId;
      const type = symbols.types[id] ?? '';
      if (type === 'comment' || type === 'line_continuation') continue;
      this.named = symbols.named[id] ?? false;
      visit(type);
      yield;
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
  }

  /** Runs `read` one level deeper, or gives null where the nesting is too deep. */
  nested<T>(read: () => T): T | null {
    if (this.depth >= MAX_DEPTH) return null;
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }
}
