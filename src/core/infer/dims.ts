/**
 * Sizes: polynomials over named symbols with numbers as coefficients, in a canonical form, so that
 * `dim * 4`, `4 * dim` and `dim + 3 * dim` are one size. What is no polynomial (`inner // heads`) is a symbol
 * of its own that remembers what it was computed from.
 */
import type { Site } from './site';

export interface Symbol {
  /** Two symbols are the same size exactly when their ids are equal. */
  readonly id: string;
  /** As it stands in the source. */
  readonly name: string;
  /** For a computed symbol. */
  readonly operation?: { readonly operator: Operator; readonly operands: readonly Dim[] };
  /** The value a default in the source gives it. */
  readonly default?: number;
  /** Where that default stands, unless that follows from the id. */
  readonly sources?: readonly Site[];
}

export type Operator = '//' | '%' | '/' | '**' | 'int' | 'max' | 'min';

interface Term {
  readonly coefficient: number;
  /** In the order of their ids; a square has its symbol twice. */
  readonly symbols: readonly Symbol[];
}

export interface Dim {
  readonly terms: readonly Term[];
  /**
   * Of a number: where the numbers stand in the source that it is or was computed from, as far as that is known.
   * Shapes hand their sizes on as they are, so that a size tells where it was learned wherever it turns up.
   */
  readonly sources?: readonly Site[];
}

export const ONE: Dim = constant(1);

/** More places explain no more. */
const MOST_SOURCES = 4;

export function constant(value: number): Dim {
  return { terms: value === 0 ? [] : [{ coefficient: value, symbols: [] }] };
}

/** A number that stands in the source. */
export function constantAt(value: number, ...sources: readonly Site[]): Dim {
  return { ...constant(value), sources };
}

/** A number with the places where those stand that it was computed from. */
export function computedFrom(dim: Dim, from: readonly Dim[]): Dim {
  if (dim.sources || numberOf(dim) === null) return dim;
  const sources = from.flatMap((each) => each.sources ?? []);
  return sources.length === 0 ? dim : { ...dim, sources: sources.slice(0, MOST_SOURCES) };
}

export function symbol(id: string, name: string, value?: number, sources?: readonly Site[]): Dim {
  const made: Symbol =
    value === undefined ? { id, name } : { id, name, default: value, ...(sources === undefined ? {} : { sources }) };
  return { terms: [{ coefficient: 1, symbols: [made] }] };
}

/** The number that a size is, or null where symbols are left. */
export function numberOf(dim: Dim): number | null {
  const [first, second] = dim.terms;
  if (!first) return 0;
  return second || first.symbols.length > 0 ? null : first.coefficient;
}

export function add(a: Dim, b: Dim): Dim {
  return collect([...a.terms, ...b.terms]);
}

export function subtract(a: Dim, b: Dim): Dim {
  return add(a, multiply(b, constant(-1)));
}

export function multiply(a: Dim, b: Dim): Dim {
  const terms: Term[] = [];
  for (const x of a.terms) {
    for (const y of b.terms) {
      terms.push({
        coefficient: x.coefficient * y.coefficient,
        symbols: [...x.symbols, ...y.symbols].sort((p, q) => (p.id < q.id ? -1 : p.id > q.id ? 1 : 0)),
      });
    }
  }
  return collect(terms);
}

export function product(dims: readonly Dim[]): Dim {
  return dims.reduce(multiply, ONE);
}

/** Any other operation: a number where all operands are numbers, an exact quotient, or a computed symbol. */
export function compute(operator: Operator, operands: readonly Dim[]): Dim {
  const numbers = operands.map(numberOf);
  if (numbers.every((each) => each !== null)) {
    const value = apply(operator, numbers);
    if (value !== null) return constant(value);
  }
  const [left, right] = operands;
  if ((operator === '//' || operator === '/') && left && right) {
    const quotient = divide(left, right);
    if (quotient) return quotient;
  }
  if (
    operator === 'int' &&
    left?.terms.every((each) => Number.isInteger(each.coefficient) && each.symbols.every(isWhole))
  ) {
    return left;
  }
  const id = computed(operator, operands.map(key));
  const name = computed(
    operator,
    operands.map((each) => formatDim(each)),
  );
  return { terms: [{ coefficient: 1, symbols: [{ id, name, operation: { operator, operands } }] }] };
}

function computed(operator: Operator, operands: readonly string[]): string {
  return operator === 'int' || operator === 'max' || operator === 'min'
    ? `${operator}(${operands.join(', ')})`
    : `(${operands.join(` ${operator} `)})`;
}

function apply(operator: Operator, values: readonly number[]): number | null {
  const [a = 0, b = 0] = values;
  switch (operator) {
    case '//':
      return b === 0 ? null : Math.floor(a / b);
    case '%':
      return b === 0 ? null : a - b * Math.floor(a / b);
    case '/':
      return b === 0 ? null : a / b;
    case '**':
      return a ** b;
    case 'int':
      return Math.trunc(a);
    case 'max':
      return Math.max(...values);
    case 'min':
      return Math.min(...values);
  }
}

/** Whether a symbol can only be an integer: one that was divided may be none. */
function isWhole(each: Symbol): boolean {
  return each.operation
    ? each.operation.operator === '//' || each.operation.operator === 'int'
    : Number.isInteger(each.default ?? 0.5);
}

/** The exact quotient by one term, or null. */
function divide(dim: Dim, by: Dim): Dim | null {
  const [divisor, more] = by.terms;
  if (!divisor || more) return null;
  const terms: Term[] = [];
  for (const term of dim.terms) {
    const symbols = [...term.symbols];
    for (const each of divisor.symbols) {
      const at = symbols.findIndex((other) => other.id === each.id);
      if (at < 0) return null;
      symbols.splice(at, 1);
    }
    const coefficient = term.coefficient / divisor.coefficient;
    if (!Number.isInteger(coefficient)) return null;
    terms.push({ coefficient, symbols });
  }
  return { terms };
}

export function sameDim(a: Dim, b: Dim): boolean {
  return a === b || key(a) === key(b);
}

/** Equal keys, equal sizes. */
export function key(dim: Dim): string {
  return render(dim, (each) => each.id);
}

/** For people: `4·dim`, `heads·(dim // heads)`. @param nameOf what a symbol is called */
export function formatDim(dim: Dim, nameOf?: (each: Symbol) => string): string {
  if (!nameOf) return render(dim, (each) => each.name);
  const named = (each: Symbol): string =>
    each.operation
      ? computed(
          each.operation.operator,
          each.operation.operands.map((operand) => formatDim(operand, nameOf)),
        )
      : nameOf(each);
  return render(dim, named);
}

function render(dim: Dim, nameOf: (each: Symbol) => string): string {
  if (dim.terms.length === 0) return '0';
  return dim.terms
    .map(({ coefficient, symbols }) => {
      const names = symbols.map(nameOf).join('·');
      if (!names) return String(coefficient);
      return coefficient === 1 ? names : coefficient === -1 ? `-${names}` : `${coefficient}·${names}`;
    })
    .join(' + ')
    .replaceAll('+ -', '- ');
}

function collect(terms: readonly Term[]): Dim {
  const byProduct = new Map<string, Term>();
  for (const term of terms) {
    const id = term.symbols.map((each) => each.id).join('·');
    const known = byProduct.get(id);
    byProduct.set(id, known ? { ...known, coefficient: known.coefficient + term.coefficient } : term);
  }
  return {
    terms: [...byProduct]
      .filter(([, term]) => term.coefficient !== 0)
      .sort(([p], [q]) => (p < q ? 1 : p > q ? -1 : 0))
      .map(([, term]) => term),
  };
}

/** The size with symbols replaced: `replace` gives a symbol's size, or null to leave it. */
export function substitute(dim: Dim, replace: (each: Symbol) => Dim | null): Dim {
  if (numberOf(dim) !== null) return dim;
  // A size that is a symbol and nothing else becomes the very size that stands for it.
  const only = bareSymbol(dim);
  const whole = only && replace(only);
  if (whole) return whole;
  const directs: Dim[] = [];
  let sum: Dim = constant(0);
  for (const term of dim.terms) {
    let value = constant(term.coefficient);
    for (const each of term.symbols) {
      const direct = replace(each);
      const replaced = direct ?? recomputed(each, replace) ?? { terms: [{ coefficient: 1, symbols: [each] }] };
      if (replaced.sources) directs.push(replaced);
      value = multiply(value, replaced);
    }
    sum = add(sum, value);
  }
  return directs.length === 0 ? sum : computedFrom(sum, directs);
}

/** A computed symbol once more, of what now stands for its operands. */
function recomputed({ operation }: Symbol, replace: (each: Symbol) => Dim | null): Dim | null {
  if (!operation) return null;
  const operands = operation.operands.map((each) => substitute(each, replace));
  return computedFrom(compute(operation.operator, operands), operands);
}

/** The symbol that a size is, unless it is a number or was computed of several. */
export function bareSymbol({ terms }: Dim): Symbol | null {
  const [only, more] = terms;
  return only && !more && only.coefficient === 1 && only.symbols.length === 1 ? (only.symbols[0] ?? null) : null;
}

/** The size with every default of the source put in. */
export function withDefaults(dim: Dim): Dim {
  return substitute(dim, (each) => (each.default === undefined ? null : constant(each.default)));
}

/** The symbols a size is made of, those inside computed ones included. */
export function symbolsOf(dim: Dim): readonly Symbol[] {
  const found = new Map<string, Symbol>();
  const visit = (each: Dim): void => {
    for (const term of each.terms) {
      for (const one of term.symbols) {
        if (one.operation) one.operation.operands.forEach(visit);
        else found.set(one.id, one);
      }
    }
  };
  visit(dim);
  return [...found.values()];
}
