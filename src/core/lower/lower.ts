/** From a tree to file facts and bodies: the only place besides `syntax` that sees trees. */
import { Query } from 'web-tree-sitter';
import type { Language, Tree } from 'web-tree-sitter';
import brokenQuery from '../../../syntaxes/broken.scm';
import sitesQuery from '../../../syntaxes/sites.scm';
import { readDirectives } from './directives';
import { collectDefinitions } from './facts';
import type { FieldSite, FileFacts, FunctionFacts } from './facts';
import type { DefStmt, Span } from './ir';
import { Reader, SymbolTable } from './reader';
import { lowerBlock, lowerStatement } from './statements';

/** A query over text that recovery has flattened into one node is quadratic; it ends after this many ms. */
const QUERY_LIMIT_MS = 250;

/** The text of a captured attribute: reading it here is cheaper than asking the tree for its parts. */
const FIELD = /([^\W\d]\w*)\s*\.\s*([^\W\d]\w*)/uy;

export class Lowering {
  private readonly symbols: SymbolTable;
  private readonly sites: Query;
  private readonly broken: Query;

  constructor(
    language: Language,
    private readonly now: () => number,
  ) {
    this.symbols = new SymbolTable(language);
    this.sites = new Query(language, sitesQuery);
    this.broken = new Query(language, brokenQuery);
  }

  /** The facts of a file, or null where its text is too tangled to be read in time. */
  facts(tree: Tree, text: string): FileFacts | null {
    const found = this.findSites(tree, text);
    if (!found) return null;
    const cursor = tree.walk();
    try {
      const module = lowerBlock(new Reader(cursor, this.symbols, text, 0, true));
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

  private findSites(tree: Tree, text: string): { products: number[]; fields: FieldSite[]; broken: Span[] } | null {
    const deadline = this.now() + QUERY_LIMIT_MS;
    let late = false;
    const options = { progressCallback: () => (late = this.now() > deadline) };
    const products: number[] = [];
    const fields: FieldSite[] = [];
    for (const { name, node } of this.sites.captures(tree.rootNode, options)) {
      if (name === 'product') products.push(node.startIndex);
      else {
        FIELD.lastIndex = node.startIndex;
        const [, receiver, field] = FIELD.exec(text) ?? [];
        if (receiver !== undefined && field !== undefined) fields.push({ at: node.startIndex, receiver, name: field });
      }
    }
    const broken: Span[] = [];
    if (!late && tree.rootNode.hasError) {
      for (const { node } of this.broken.captures(tree.rootNode, options))
        broken.push({ start: node.startIndex, end: node.endIndex });
    }
    return late ? null : { products, fields, broken };
  }

  dispose(): void {
    this.sites.delete();
    this.broken.delete();
  }
}
