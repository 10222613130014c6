/**
 * The Python that a translation writes, as data. It differs from the lowered form of what was read: it has no
 * places, its numbers keep their spelling, and a module's weight is a node of its own, so that a printer for
 * another library can write it in another way.
 */
export type Py =
  | { readonly kind: 'name'; readonly name: string }
  /** A number, string or constant as it is spelt. */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'attribute'; readonly object: Py; readonly name: string }
  /** An entry of a params pytree: `params["fc1"]`, or `blocks[0]` where the key is an index. */
  | { readonly kind: 'entry'; readonly owner: Py; readonly key: Py }
  | { readonly kind: 'call'; readonly callee: Py; readonly args: readonly PyArgument[] }
  | { readonly kind: 'subscript'; readonly object: Py; readonly index: readonly Py[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Py; readonly right: Py }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: Py }
  | { readonly kind: 'boolean'; readonly operator: 'and' | 'or'; readonly left: Py; readonly right: Py }
  | { readonly kind: 'compare'; readonly operators: readonly string[]; readonly operands: readonly Py[] }
  | { readonly kind: 'conditional'; readonly body: Py; readonly test: Py; readonly orelse: Py }
  | { readonly kind: 'tuple' | 'list' | 'set'; readonly items: readonly Py[] }
  | { readonly kind: 'dict'; readonly entries: readonly { readonly key: Py | null; readonly value: Py }[] }
  | {
      readonly kind: 'comprehension';
      readonly form: 'list' | 'set' | 'generator' | 'dict';
      readonly element: Py;
      readonly value: Py | null;
      readonly clauses: readonly PyClause[];
    }
  | { readonly kind: 'lambda'; readonly parameters: readonly PyParameter[]; readonly body: Py }
  | { readonly kind: 'starred'; readonly value: Py }
  | { readonly kind: 'slice'; readonly lower: Py | null; readonly upper: Py | null; readonly step: Py | null }
  /** A fact of a module's constructor, by the name of the constructor's parameter or attribute. */
  | { readonly kind: 'fact'; readonly name: string };

export interface PyArgument {
  /** Null for a positional argument; `*` and `**` for unpacked ones. */
  readonly name: string | null;
  readonly value: Py;
}

export type PyClause =
  { readonly kind: 'for'; readonly target: Py; readonly iterable: Py } | { readonly kind: 'if'; readonly test: Py };

export interface PyParameter {
  readonly name: string;
  readonly form: 'positional-only' | 'positional' | 'keyword-only';
  readonly default: Py | null;
}

export type PyStatement =
  | { readonly kind: 'assign'; readonly targets: readonly Py[]; readonly value: Py }
  | { readonly kind: 'augment'; readonly target: Py; readonly operator: string; readonly value: Py }
  | { readonly kind: 'expression'; readonly value: Py }
  | { readonly kind: 'return'; readonly value: Py | null }
  | {
      readonly kind: 'if';
      readonly test: Py;
      readonly body: readonly PyStatement[];
      readonly orelse: readonly PyStatement[];
    }
  | { readonly kind: 'for'; readonly target: Py; readonly iterable: Py; readonly body: readonly PyStatement[] }
  | { readonly kind: 'while'; readonly test: Py; readonly body: readonly PyStatement[] }
  | { readonly kind: 'assert' | 'raise'; readonly values: readonly Py[] }
  | { readonly kind: 'pass' | 'break' | 'continue' }
  /** A comment line, without its `#`; or one that follows the statement before it on the same line. */
  | { readonly kind: 'comment'; readonly text: string; readonly trailing: boolean }
  /** A docstring, its lines without indentation. */
  | { readonly kind: 'docstring'; readonly lines: readonly string[] }
  | ({ readonly kind: 'def' } & PyFunction);

export interface PyFunction {
  readonly name: string;
  readonly parameters: readonly PyParameter[];
  readonly body: readonly PyStatement[];
}

export const name = (text: string): Py => ({ kind: 'name', name: text });
export const literal = (text: string): Py => ({ kind: 'literal', text });
export const integer = (value: number): Py =>
  value < 0 ? { kind: 'unary', operator: '-', operand: literal(String(-value)) } : literal(String(value));
export const NONE: Py = literal('None');
export const quoted = (text: string): Py => literal(JSON.stringify(text));
export const attribute = (object: Py, member: string): Py => ({ kind: 'attribute', object, name: member });
export const binary = (left: Py, operator: string, right: Py): Py => ({ kind: 'binary', operator, left, right });
export const negative = (operand: Py): Py => ({ kind: 'unary', operator: '-', operand });
export const tuple = (items: readonly Py[]): Py => ({ kind: 'tuple', items });
export const subscript = (object: Py, ...index: readonly Py[]): Py => ({ kind: 'subscript', object, index });

/** A dotted name, such as `jax.nn.relu`. */
export function dotted(path: string): Py {
  const [first = '', ...rest] = path.split('.');
  return rest.reduce<Py>(attribute, name(first));
}

/** A call with positional arguments, then keywords; a keyword without a value is left out. */
export function call(
  callee: Py | string,
  positional: readonly Py[],
  keywords: Readonly<Record<string, Py | null | undefined>> = {},
): Py {
  const args: PyArgument[] = positional.map((value) => ({ name: null, value }));
  for (const [key, value] of Object.entries(keywords)) if (value) args.push({ name: key, value });
  return { kind: 'call', callee: typeof callee === 'string' ? dotted(callee) : callee, args };
}

/** `object.method(...)` */
export function method(
  object: Py,
  member: string,
  positional: readonly Py[] = [],
  keywords: Readonly<Record<string, Py | null | undefined>> = {},
): Py {
  return call(attribute(object, member), positional, keywords);
}
