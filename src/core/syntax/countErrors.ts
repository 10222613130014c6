/** How much of a text does not parse. */
import type { Tree } from 'web-tree-sitter';

/** Places where code is broken, or where something is missing. */
export function countErrors(tree: Tree): number {
  if (!tree.rootNode.hasError) return 0;
  const cursor = tree.walk();
  let count = 0;
  try {
    for (;;) {
      const { currentNode } = cursor;
      if (currentNode.isError || currentNode.isMissing) count++;
      if (currentNode.hasError && cursor.gotoFirstChild()) continue;
      while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return count;
    }
  } finally {
    cursor.delete();
  }
}
