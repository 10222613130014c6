/**
 * File facts after an edit inside one function's body: the case of nearly every keystroke. Everything outside
 * of that body is what it was, only moved. Any other edit is answered with null, and the facts are made anew.
 */
import type { Node, Tree } from 'web-tree-sitter';
import { commonEnds } from '../syntax/commonEnds';
import { collectDefinitions } from './facts';
import type { FieldSite, FileFacts, FunctionFacts } from './facts';
import type { Span } from './ir';

export interface BodyEdit {
  readonly edited: FunctionFacts;
  /** The function's whole definition in the new text. */
  readonly now: Span;
  /** Where the edit ends in the old text, and by how much what follows has moved. */
  readonly oldEnd: number;
  readonly delta: number;
  /** The definition in the new tree; null while the body does not parse. */
  readonly node: Node | null;
}

/** The function in whose body the one edit between two texts lies; null where there is none. */
export function bodyEdit(facts: FileFacts, before: string, tree: Tree, after: string): BodyEdit | null {
  const { start, tail } = commonEnds(before, after);
  const oldEnd = before.length - tail;
  const delta = after.length - before.length;
  // The header stands before the body, and with it everything that other code may ask of the function.
  const edited = facts.functions.find(({ def }) => def.bodyStart <= start && oldEnd <= def.end);
  if (!edited) return null;
  const now = { start: edited.def.start, end: edited.def.end + delta };
  const node = definitionAt(tree, now);
  if (node) return { edited, now, oldEnd, delta, node };
  return hasErrorWithin(tree, now) ? { edited, now, oldEnd, delta, node: null } : null;
}

function hasErrorWithin(tree: Tree, { start, end }: Span): boolean {
  return tree.rootNode.hasError && tree.rootNode.descendantForIndex(start, end)?.hasError === true;
}

/** The function definition of exactly this span, its decorators included. */
function definitionAt(tree: Tree, { start, end }: Span): Node | null {
  for (let node = tree.rootNode.descendantForIndex(start, end); node; node = node.parent) {
    if (node.startIndex < start || node.endIndex > end) return null;
    if (node.startIndex !== start || node.endIndex !== end) continue;
    if (node.type === 'function_definition' || node.type === 'decorated_definition') return node;
  }
  return null;
}

/** Whether a method assigns the same attributes as before: other methods ask for them. */
export function sameFields(facts: FileFacts, { edited }: BodyEdit, sites: readonly FieldSite[]): boolean {
  const owner = facts.classes.find((each) => each.key === edited.owner);
  if (!owner) return true;
  const receiver = edited.def.parameters[0]?.name;
  const assigned = new Set(sites.filter((each) => each.receiver === receiver).map((each) => each.name));
  const known = [...owner.fields].filter(([, methods]) => methods.includes(edited.name)).map(([field]) => field);
  if ([...assigned].some((each) => !known.includes(each))) return false;
  // A property and its setter have one name, and each assigns but a part of what is known of it.
  const namesakes = facts.functions.filter((each) => each.owner === edited.owner && each.name === edited.name);
  return namesakes.length > 1 || assigned.size === known.length;
}

/** The facts with everything behind the edit moved. @param within what the new body holds */
export function movedFacts(
  facts: FileFacts,
  edit: BodyEdit,
  within: Pick<FileFacts, 'products' | 'broken'>,
  directives: FileFacts['directives'],
): FileFacts {
  const { oldEnd, delta, edited, now } = edit;
  const module = moveBehind(facts.module, oldEnd, delta);
  const fields = new Map(facts.classes.map((each) => [each.key, each.fields]));
  const collected = collectDefinitions(module, []);
  const outside = (at: number): boolean => at < edited.def.start || at >= edited.def.end;
  const moved = (at: number): number => (at >= oldEnd ? at + delta : at);
  const products = [...facts.products.filter(outside).map(moved), ...within.products].sort((a, b) => a - b);
  const broken = [
    ...facts.broken
      .filter((each) => each.end <= edited.def.start || each.start >= edited.def.end)
      .map((each) => ({ start: moved(each.start), end: moved(each.end) })),
    ...within.broken.filter((each) => each.start >= now.start && each.end <= now.end),
  ].sort((a, b) => a.start - b.start);
  return {
    module,
    imports: collected.imports,
    functions: collected.functions,
    classes: collected.classes.map((each) => ({ ...each, fields: fields.get(each.key) ?? each.fields })),
    products,
    broken,
    directives,
  };
}

const OFFSETS: ReadonlySet<string> = new Set(['start', 'end', 'bodyStart']);

/** Plain data with the offsets behind a place moved; what lies before it stays the same object. */
function moveBehind<T>(value: T, from: number, delta: number): T {
  if (delta === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each: unknown) => moveBehind(each, from, delta)) as T;
  if ('end' in value && typeof value.end === 'number' && value.end < from) return value;
  const moved: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) {
    const isOffset = OFFSETS.has(name) && typeof each === 'number';
    moved[name] = isOffset ? (each >= from ? each + delta : each) : moveBehind(each as unknown, from, delta);
  }
  return moved as T;
}
