/** From a tree to file facts and bodies: the only place besides `syntax` that sees trees. */
import { Query } from 'web-tree-sitter';
import type { Language, Node, QueryOptions, Tree } from 'web-tree-sitter';
import brokenQuery from '../../../syntaxes/broken.scm';
import sitesQuery from '../../../syntaxes/sites.scm';
import { readDirectives } from './directives';
import { collectDefinitions } from './facts';
import type { FieldSite, FileFacts, FunctionFacts } from './facts';
import type { DefStmt, Span } from './ir';
import { inOneGo } from '../steps';
import type { Steps } from '../steps';
import { PythonParser } from '../syntax/parser';
import { bodyEdit, movedFacts, sameFields } from './update';
import { Reader, SymbolTable } from './reader';
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

/** The text of a captured attribute: reading it here is cheaper than asking the tree for its parts. */
const FIELD = /([^\W\d]\w*)\s*\.\s*([^\W\d]\w*)/uy;

export interface UpdatedFacts {
  readonly facts: FileFacts;
  /** Key of a function whose text is broken, and whose body is not to be read; null where there is none. */
  readonly stale: string | null;
}

interface Sites {
  readonly products: number[];
  readonly fields: FieldSite[];
  readonly broken: Span[];
}

export class Lowering {
  private readonly symbols: SymbolTable;
  private readonly sites: Query;
  private readonly broken: Query;

  private parser: PythonParser | null = null;

  constructor(
    private readonly language: Language,
    private readonly now: () => number,
  ) {
    this.symbols = new SymbolTable(language);
    this.sites = new Query(language, sitesQuery);
    this.broken = new Query(language, brokenQuery);
  }

  /** The facts of a file, or null where its text is too tangled to be read in time. */
  *facts(tree: Tree, text: string): Steps<FileFacts | null> {
    const found = yield* this.findSites(tree.rootNode, text);
    if (!found) return null;
    const cursor = tree.walk();
    try {
      const module = yield* lowerModule(new Reader(cursor, this.symbols, text, 0, true));
      yield;
      return {
        module,
        ...collectDefinitions(module, found.fields),
        products: found.products,
        broken: found.broken,
        directives: readDirectives(tree, text),
      };
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
    const within = inOneGo(this.findSites(edit.node, text));
    if (!within || !sameFields(previous, edit, within.fields)) return null;
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
  bodyFromText(text: string, facts: FunctionFacts): DefStmt | null {
    const { start, end } = facts.def;
    const indentation = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
    if (/\S/.test(indentation)) return null;
    // An indented definition needs a block to stand in.
    const head = indentation === '' ? '' : `if 1:\n${indentation}`;
    const source = head + text.slice(start, end);
    this.parser ??= new PythonParser(this.language);
    const parsed = this.parser.parse(source, { now: this.now, limitMs: BODY_LIMIT_MS });
    if (parsed.kind !== 'tree') return null;
    try {
      const def = { ...facts.def, start: head.length, end: source.length };
      return this.body(parsed.tree, source, { ...facts, def });
    } finally {
      parsed.tree.delete();
    }
  }

  /** @param node the part of the tree to look at */
  private *findSites(node: Node, text: string): Steps<Sites | null> {
    const found: Sites = { products: [], fields: [], broken: [] };
    let left = QUERY_LIMIT_MS + QUERY_LIMIT_MS_PER_CHARACTER * text.length;
    const [first, last] = [node.startPosition.row, node.endPosition.row];
    for (let row = first; row <= last; row += STEP_ROWS) {
      if (row > first) yield;
      const begin = this.now();
      const rows = last - first < STEP_ROWS ? null : { from: row, to: row + STEP_ROWS };
      if (!this.findSitesIn(node, rows, begin + left, text, found)) return null;
      left -= this.now() - begin;
    }
    return found;
  }

  /** Adds what begins in some rows, or in all of them; false where that takes too long. */
  private findSitesIn(
    node: Node,
    rows: { readonly from: number; readonly to: number } | null,
    deadline: number,
    text: string,
    { products, fields, broken }: Sites,
  ): boolean {
    let late = false;
    const progressCallback = () => (late = this.now() > deadline);
    // Not by offsets: this version of the parser's package takes them for bytes.
    const options: QueryOptions = rows
      ? { startPosition: { row: rows.from, column: 0 }, endPosition: { row: rows.to, column: 0 }, progressCallback }
      : { progressCallback };
    // What lies in several parts is found in each.
    const beginsHere = (each: Node): boolean => {
      if (!rows) return true;
      const { row } = each.startPosition;
      return row >= rows.from && row < rows.to;
    };
    for (const { name, node: site } of this.sites.captures(node, options)) {
      if (!beginsHere(site)) continue;
      if (name === 'product') products.push(site.startIndex);
      else {
        FIELD.lastIndex = site.startIndex;
        const [, receiver, field] = FIELD.exec(text) ?? [];
        if (receiver !== undefined && field !== undefined) fields.push({ at: site.startIndex, receiver, name: field });
      }
    }
    if (!late && node.hasError) {
      for (const { node: error } of this.broken.captures(node, options))
        if (beginsHere(error)) broken.push({ start: error.startIndex, end: error.endIndex });
    }
    return !late;
  }

  dispose(): void {
    this.parser?.dispose();
    this.sites.delete();
    this.broken.delete();
  }
}
