/** From a tree to file facts and bodies: the only place besides `syntax` that sees trees. */
import { Query } from 'web-tree-sitter';
import type { Language, Node, Tree } from 'web-tree-sitter';
import brokenQuery from '../../../syntaxes/broken.scm';
import { readDirectives } from './directives';
import { collectDefinitions } from './facts';
import type { FileFacts, FunctionFacts } from './facts';
import type { DefStmt, Span } from './ir';
import { inOneGo } from '../steps';
import type { Steps } from '../steps';
import { PythonParser } from '../syntax/parser';
import { bodyEdit, movedFacts, sameFields } from './update';
import { Reader, SymbolTable } from './reader';
import { decoratorsOf, fieldsIn, productsIn } from './sites';
import { lowerModule, lowerStatement } from './statements';

/**
 * A query over text that recovery has flattened into one node is quadratic: it may take this long, and what an
 * ordinary text of its length takes (about 0.2 ms for 1,000 characters), several times over.
 */
const QUERY_LIMIT_MS = 250;
const QUERY_LIMIT_MS_PER_CHARACTER = 0.001;

/** A query over so many lines takes about 2 ms. */
const STEP_ROWS = 1_024;

/** One function never takes so long, unless it is hostile. */
const BODY_LIMIT_MS = 1_000;

export interface UpdatedFacts {
  readonly facts: FileFacts;
  /** Key of a function whose text is broken, and whose body is not to be read; null where there is none. */
  readonly stale: string | null;
}

export interface ReadBody {
  /** The whole definition, with offsets from its own beginning; null where it cannot be read. */
  readonly body: DefStmt | null;
  /** Its own text does not parse. */
  readonly broken: boolean;
}

const UNREADABLE: ReadBody = { body: null, broken: false };

export class Lowering {
  private readonly symbols: SymbolTable;
  private readonly errors: Query;

  private parser: PythonParser | null = null;

  constructor(
    private readonly language: Language,
    private readonly now: () => number,
  ) {
    this.symbols = new SymbolTable(language);
    this.errors = new Query(language, brokenQuery);
  }

  /** The facts of a file, or null where its text is too tangled to be read in time. */
  *facts(tree: Tree, text: string): Steps<FileFacts | null> {
    const broken = yield* this.broken(tree.rootNode, text);
    if (!broken) return null;
    const cursor = tree.walk();
    try {
      const module = yield* lowerModule(new Reader(cursor, this.symbols, text, 0, true));
      yield;
      const whole = { start: 0, end: text.length };
      const definitions = collectDefinitions(module, fieldsIn(text, whole));
      const decorated = [
        ...definitions.functions.map((each) => each.def),
        ...definitions.classes.map((each) => each.statement),
      ];
      const products = productsIn(text, whole, decoratorsOf(text, decorated));
      return { module, ...definitions, products, broken, directives: readDirectives(tree, text) };
    } finally {
      cursor.delete();
    }
  }

  /**
   * The facts after an edit inside a function's body, from those before; null where they must be made anew.
   * While the body does not parse, the whole function counts as broken, and everything else stays as it was:
   * the grammar's recovery would tear up code that nobody has touched.
   */
  update(tree: Tree, text: string, previous: FileFacts, previousText: string): UpdatedFacts | null {
    const edit = bodyEdit(previous, previousText, tree, text);
    if (!edit) return null;
    const directives = readDirectives(tree, text);
    if (edit.node === null) {
      const facts = movedFacts(previous, edit, { products: [], broken: [edit.now] }, directives);
      return { facts, stale: edit.edited.key };
    }
    const broken = inOneGo(this.broken(edit.node, text));
    if (!broken || !sameFields(previous, edit, fieldsIn(text, edit.now))) return null;
    // The header stands before the edit.
    const within = { products: productsIn(text, edit.now, decoratorsOf(text, [edit.edited.def])), broken };
    return { facts: movedFacts(previous, edit, within, directives), stale: null };
  }

  /** The whole of one function: header and body, with offsets from its own beginning. */
  body(tree: Tree, text: string, facts: FunctionFacts): DefStmt | null {
    const { start, end } = facts.def;
    const node = tree.rootNode.descendantForIndex(start, end);
    if (!node) return null;
    const cursor = node.walk();
    try {
      // A definition that fills its file has the module's range.
      while (cursor.nodeType === 'module' || cursor.nodeType === 'block') if (!cursor.gotoFirstChild()) return null;
      const statement = lowerStatement(new Reader(cursor, this.symbols, text, start, false), cursor.nodeType);
      return statement?.kind === 'def' ? statement : null;
    } finally {
      cursor.delete();
    }
  }

  /** A function's whole definition, read from its own lines alone: for files whose tree is gone. */
  bodyFromText(text: string, facts: FunctionFacts): ReadBody {
    const { start, end } = facts.def;
    const indentation = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
    if (/\S/.test(indentation)) return UNREADABLE;
    // An indented definition needs a block to stand in.
    const head = indentation === '' ? '' : `if 1:\n${indentation}`;
    const source = head + text.slice(start, end);
    this.parser ??= new PythonParser(this.language);
    const parsed = this.parser.parse(source, { now: this.now, limitMs: BODY_LIMIT_MS });
    if (parsed.kind !== 'tree') return UNREADABLE;
    try {
      const def = { ...facts.def, start: head.length, end: source.length };
      return { body: this.body(parsed.tree, source, { ...facts, def }), broken: parsed.tree.rootNode.hasError };
    } finally {
      parsed.tree.delete();
    }
  }

  /** Broken code within a part of the tree, some rows at a step; null where looking for it takes too long. */
  private *broken(node: Node, text: string): Steps<readonly Span[] | null> {
    if (!node.hasError) return [];
    const found: Span[] = [];
    let left = QUERY_LIMIT_MS + QUERY_LIMIT_MS_PER_CHARACTER * text.length;
    const [first, last] = [node.startPosition.row, node.endPosition.row];
    for (let row = first; row <= last; row += STEP_ROWS) {
      if (row > first) yield;
      const begin = this.now();
      const some = this.brokenIn(node, row, begin + left);
      if (!some) return null;
      found.push(...some);
      left -= this.now() - begin;
    }
    return found;
  }

  /** What begins in some rows; null where that takes too long. */
  private brokenIn(node: Node, row: number, deadline: number): readonly Span[] | null {
    let late = false;
    const captures = this.errors.captures(node, {
      // Not by offsets: this version of the parser's package takes them for bytes.
      startPosition: { row, column: 0 },
      endPosition: { row: row + STEP_ROWS, column: 0 },
      progressCallback: () => (late = this.now() > deadline),
    });
    if (late) return null;
    // What lies in several parts is found in each.
    const begins = captures.filter(
      ({ node: { startPosition } }) => startPosition.row >= row && startPosition.row < row + STEP_ROWS,
    );
    return begins.map(({ node: { startIndex, endIndex } }) => ({ start: startIndex, end: endIndex }));
  }

  dispose(): void {
    this.parser?.dispose();
    this.errors.delete();
  }
}
