/** Prints expressions in the style of ruff's formatter: 88 columns, brackets broken from the outside in. */
import type { Py, PyArgument, PyParameter } from './python';

export const WIDTH = 88;
const INDENT = 4;

/** How strongly an expression holds its parts together; Python's own order. */
enum Binding {
  Starred = 0,
  Lambda = 1,
  Conditional = 2,
  Or = 3,
  And = 4,
  Not = 5,
  Compare = 6,
  BitOr = 7,
  BitXor = 8,
  BitAnd = 9,
  Shift = 10,
  Sum = 11,
  Product = 12,
  Sign = 13,
  Power = 14,
  Postfix = 16,
  Atom = 17,
}

const OPERATORS: Readonly<Record<string, Binding>> = {
  '|': Binding.BitOr,
  '^': Binding.BitXor,
  '&': Binding.BitAnd,
  '<<': Binding.Shift,
  '>>': Binding.Shift,
  '+': Binding.Sum,
  '-': Binding.Sum,
  '*': Binding.Product,
  '/': Binding.Product,
  '//': Binding.Product,
  '%': Binding.Product,
  '@': Binding.Product,
  '**': Binding.Power,
};

function bindingOf(expr: Py): Binding {
  switch (expr.kind) {
    case 'lambda':
      return Binding.Lambda;
    case 'conditional':
      return Binding.Conditional;
    case 'boolean':
      return expr.operator === 'or' ? Binding.Or : Binding.And;
    case 'unary':
      return expr.operator === 'not' ? Binding.Not : Binding.Sign;
    case 'compare':
      return Binding.Compare;
    case 'binary':
      return OPERATORS[expr.operator] ?? Binding.Atom;
    case 'starred':
      return Binding.Starred;
    case 'literal':
      // `-1` may be spelt as one literal.
      return expr.text.startsWith('-') ? Binding.Sign : Binding.Atom;
    case 'attribute':
    case 'call':
    case 'subscript':
    case 'entry':
      return Binding.Postfix;
    case 'slice':
      return Binding.Starred;
    default:
      return Binding.Atom;
  }
}

/** The expression on one line. */
export function flat(expr: Py): string {
  switch (expr.kind) {
    case 'name':
      return expr.name;
    case 'fact':
      return expr.name;
    case 'literal':
      return expr.text;
    case 'attribute':
      return `${receiver(expr.object)}.${expr.name}`;
    case 'entry':
      return `${receiver(expr.owner)}[${flat(expr.key)}]`;
    case 'call':
      return `${receiver(expr.callee)}(${callArguments(expr.args).join(', ')})`;
    case 'subscript':
      return `${receiver(expr.object)}[${flatIndex(expr.index)}]`;
    case 'binary': {
      const [left, right] = operands(expr);
      return hugs(expr) ? `${left}**${right}` : `${left} ${expr.operator} ${right}`;
    }
    case 'boolean':
      return `${within(expr.left, bindingOf(expr))} ${expr.operator} ${within(expr.right, bindingOf(expr) + 1)}`;
    case 'unary':
      return expr.operator === 'not'
        ? `not ${within(expr.operand, Binding.Not)}`
        : `${expr.operator}${within(expr.operand, isPower(expr.operand) ? Binding.Atom : Binding.Sign)}`;
    case 'compare':
      return expr.operands
        .map((each, at) => {
          const text = within(each, Binding.Compare + 1);
          return at === 0 ? text : `${expr.operators[at - 1] ?? ''} ${text}`;
        })
        .join(' ');
    case 'conditional':
      return `${within(expr.body, Binding.Conditional + 1)} if ${within(expr.test, Binding.Conditional + 1)} else ${within(expr.orelse, Binding.Conditional)}`;
    case 'tuple':
      return expr.items.length === 1 ? `(${expr.items.map(flat).join('')},)` : `(${expr.items.map(flat).join(', ')})`;
    case 'list':
      return `[${expr.items.map(flat).join(', ')}]`;
    case 'set':
      return `{${expr.items.map(flat).join(', ')}}`;
    case 'dict':
      return `{${dictEntries(expr).join(', ')}}`;
    case 'comprehension': {
      const [open, close] = expr.form === 'list' ? '[]' : expr.form === 'generator' ? '()' : '{}';
      return `${open ?? ''}${comprehensionParts(expr).join(' ')}${close ?? ''}`;
    }
    case 'lambda': {
      const parameters = expr.parameters.map(flatParameter).join(', ');
      return `lambda${parameters === '' ? '' : ' '}${parameters}: ${within(expr.body, Binding.Lambda)}`;
    }
    case 'starred':
      return `*${within(expr.value, Binding.BitOr)}`;
    case 'slice':
      return flatSlice(expr);
  }
}

function within(expr: Py, binding: Binding): string {
  const text = flat(expr);
  return bindingOf(expr) < binding ? `(${text})` : text;
}

function receiver(expr: Py): string {
  // A number before a dot would read as its fraction.
  if (expr.kind === 'literal' && /^\d/.test(expr.text)) return `(${expr.text})`;
  return within(expr, Binding.Postfix);
}

function operands(expr: Py & { kind: 'binary' }): readonly [string, string] {
  const own = bindingOf(expr);
  // `**` groups to the right and binds tighter than a sign on its left, looser than one on its right.
  if (expr.operator === '**') return [within(expr.left, Binding.Power + 1), within(expr.right, Binding.Sign)];
  return [within(expr.left, own), within(expr.right, own + 1)];
}

/** ruff writes powers of simple operands without spaces. */
function hugs(expr: Py & { kind: 'binary' }): boolean {
  return expr.operator === '**' && expr.left.kind !== 'unary' && isSimple(expr.left) && isSimple(expr.right);
}

/** ruff writes `-(x**2)`. */
function isPower(expr: Py): boolean {
  return expr.kind === 'binary' && expr.operator === '**';
}

function isSimple(expr: Py): boolean {
  switch (expr.kind) {
    case 'name':
    case 'fact':
      return true;
    case 'literal':
      return /^-?[\d.]/.test(expr.text);
    case 'unary':
      return expr.operator !== 'not' && isSimple(expr.operand);
    case 'attribute':
      return isSimple(expr.object) && expr.object.kind !== 'literal';
    default:
      return false;
  }
}

function callArguments(args: readonly PyArgument[]): readonly string[] {
  const [only, second] = args;
  // A lone generator needs no parentheses of its own.
  if (only && !second && only.name === null && only.value.kind === 'comprehension' && only.value.form === 'generator')
    return [comprehensionParts(only.value).join(' ')];
  return args.map(flatArgument);
}

function flatArgument({ name, value }: PyArgument): string {
  if (name === null) return flat(value);
  if (name === '*' || name === '**') return name + within(value, Binding.BitOr);
  return `${name}=${flat(value)}`;
}

export function flatParameter(parameter: PyParameter): string {
  return parameter.default ? `${parameter.name}=${flat(parameter.default)}` : parameter.name;
}

function flatIndex(index: readonly Py[]): string {
  const parts = index.map(flat);
  const [only] = index;
  return index.length === 1 && only?.kind === 'starred' ? `${parts.join('')},` : parts.join(', ');
}

/** ruff spaces the colon of a slice between other than simple bounds. */
function flatSlice({ lower, upper, step }: Py & { kind: 'slice' }): string {
  const bounds = [lower, upper, step].filter((each) => each !== null);
  const spaced = bounds.some((each) => !isSimple(each));
  const text = (each: Py | null): string => (each ? flat(each) : '');
  const parts = step ? [text(lower), text(upper), text(step)] : [text(lower), text(upper)];
  if (!spaced) return parts.join(':');
  return parts
    .join(' : ')
    .trim()
    .replace(/: {2}:/, '::');
}

function dictEntries(expr: Py & { kind: 'dict' }): readonly string[] {
  return expr.entries.map(({ key, value }) =>
    key ? `${flat(key)}: ${flat(value)}` : `**${within(value, Binding.BitOr)}`,
  );
}

function comprehensionParts(expr: Py & { kind: 'comprehension' }): readonly string[] {
  const element = expr.value ? `${flat(expr.element)}: ${flat(expr.value)}` : flat(expr.element);
  return [
    element,
    ...expr.clauses.map((each) =>
      each.kind === 'if'
        ? `if ${within(each.test, Binding.Or)}`
        : `for ${flatTargets(each.target)} in ${within(each.iterable, Binding.Or)}`,
    ),
  ];
}

/** A tuple where Python needs no parentheses around it: targets, returned values, indices. */
export function flatTargets(expr: Py): string {
  if (expr.kind !== 'tuple' || expr.items.length === 0) return flat(expr);
  return expr.items.length === 1 ? `${expr.items.map(flat).join('')},` : expr.items.map(flat).join(', ');
}

/**
 * The expression after `prefix`, broken over lines where it does not fit.
 * @param indent columns before the statement
 * @param suffix what follows on the last line, such as a colon
 */
export function laidOut(prefix: string, expr: Py, indent: number, suffix = '', bare = false): string {
  const text = bare ? flatTargets(expr) : flat(expr);
  if (indent + prefix.length + text.length + suffix.length <= WIDTH) return prefix + text + suffix;
  const split = splitLast(expr, indent, prefix, suffix);
  if (split !== null) return split;
  const right = lastCall(expr);
  if (right) {
    const opening = `${prefix}${text.slice(0, text.length - flat(right).length)}`;
    const last = splitLast(right, indent, opening, suffix);
    if (last !== null) return last;
    const rest = text.slice(flat(left(expr)).length);
    const first = splitLast(left(expr), indent, prefix, `${rest}${suffix}`);
    if (first !== null && !overflows(first)) return first;
  }
  const inner = ' '.repeat(indent + INDENT);
  const fits = inner.length + text.length <= WIDTH;
  const lines = fits ? [text] : chain(expr, indent + INDENT);
  return `${prefix}(\n${lines.map((line) => inner + line).join('\n')}\n${' '.repeat(indent)})${suffix}`;
}

const left = (expr: Py): Py => (expr.kind === 'binary' ? expr.left : expr);

const overflows = (text: string): boolean => text.split('\n').some((line) => line.length > WIDTH);

/** The call that ends an operation of two operands: ruff breaks its bracket and needs no parentheses around. */
function lastCall(expr: Py): Py | null {
  if (expr.kind !== 'binary' || expr.right.kind !== 'call' || expr.right.args.length === 0) return null;
  const alone = expr.left.kind !== 'binary' || bindingOf(expr.left) !== bindingOf(expr);
  return alone ? expr.right : null;
}

/** A call, index or display, its outermost bracket broken; null where the expression is none of these. */
function splitLast(expr: Py, indent: number, prefix: string, suffix: string): string | null {
  const parts = bracketed(expr);
  if (!parts || parts.items.length === 0) return null;
  const opening = prefix + parts.before;
  if (indent + opening.length > WIDTH) return null;
  const inner = indent + INDENT;
  const pad = ' '.repeat(inner);
  const close = `\n${' '.repeat(indent)}${parts.close}${suffix}`;
  const together = parts.items.map((each) => each.flat).join(parts.joint);
  const fits = inner + together.length <= WIDTH;
  // A sequence display or subscript of one line keeps its trailing comma away, as a call does.
  if (fits && !parts.always) return `${opening}\n${pad}${together}${close}`;
  const lines = parts.items.map((each) => each.print(inner, parts.comma));
  return `${opening}\n${lines.map((line) => pad + line).join('\n')}${close}`;
}

interface Bracketed {
  readonly before: string;
  readonly close: string;
  readonly items: readonly { readonly flat: string; readonly print: (indent: number, suffix: string) => string }[];
  readonly joint: string;
  readonly comma: string;
  /** One item a line even where all would fit on one. */
  readonly always: boolean;
}

function bracketed(expr: Py): Bracketed | null {
  const item = (each: Py) => ({
    flat: flat(each),
    print: (indent: number, suffix: string) => laidOut('', each, indent, suffix),
  });
  const base = { joint: ', ', comma: ',', always: false };
  switch (expr.kind) {
    case 'call':
      return {
        ...base,
        before: `${receiver(expr.callee)}(`,
        close: ')',
        items: expr.args.map((each) => ({
          flat: callArguments([each]).join(''),
          print: (indent, suffix) =>
            laidOut(
              each.name === null ? '' : each.name.startsWith('*') ? each.name : `${each.name}=`,
              each.value,
              indent,
              suffix,
            ),
        })),
      };
    case 'subscript':
      return { ...base, before: `${receiver(expr.object)}[`, close: ']', items: expr.index.map(item) };
    case 'tuple':
      return { ...base, before: '(', close: ')', items: expr.items.map(item), always: true };
    case 'list':
      return { ...base, before: '[', close: ']', items: expr.items.map(item), always: true };
    case 'set':
      return { ...base, before: '{', close: '}', items: expr.items.map(item), always: true };
    case 'dict':
      return {
        ...base,
        before: '{',
        close: '}',
        always: true,
        items: expr.entries.map(({ key, value }) => ({
          flat: '',
          print: (indent, suffix) => laidOut(key ? `${flat(key)}: ` : '**', value, indent, suffix),
        })),
      };
    case 'comprehension': {
      const [open = '', close = ''] = expr.form === 'list' ? '[]' : expr.form === 'generator' ? '()' : '{}';
      return {
        joint: ' ',
        comma: '',
        always: false,
        before: open,
        close,
        items: comprehensionParts(expr).map((each) => ({ flat: each, print: () => each })),
      };
    }
    default:
      return null;
  }
}

/** The operands of an operator chain, one a line, each but the first behind its operator. */
function chain(expr: Py, indent: number): readonly string[] {
  const own = bindingOf(expr);
  const same =
    (expr.kind === 'binary' && !hugs(expr) && expr.left.kind === 'binary' && bindingOf(expr.left) === own) ||
    (expr.kind === 'boolean' && expr.left.kind === 'boolean' && expr.left.operator === expr.operator);
  if ((expr.kind === 'binary' && !hugs(expr)) || expr.kind === 'boolean') {
    const before = same ? chain(expr.left, indent) : operandLines('', expr.left, own, indent);
    return [...before, ...operandLines(`${expr.operator} `, expr.right, own + 1, indent)];
  }
  if (expr.kind === 'conditional') {
    return [
      fitted('', expr.body, Binding.Conditional + 1, indent),
      fitted('if ', expr.test, Binding.Conditional + 1, indent),
      fitted('else ', expr.orelse, Binding.Conditional, indent),
    ];
  }
  return [flat(expr)];
}

/** An operand that is an operation itself goes on in the same chain where it does not fit on a line. */
function operandLines(prefix: string, expr: Py, binding: Binding, indent: number): readonly string[] {
  const fits = indent + prefix.length + flat(expr).length <= WIDTH;
  if (fits || expr.kind !== 'binary' || hugs(expr) || bindingOf(expr) < binding)
    return [fitted(prefix, expr, binding, indent)];
  const [first = '', ...rest] = chain(expr, indent);
  return [prefix + first, ...rest];
}

function fitted(prefix: string, expr: Py, binding: Binding, indent: number): string {
  if (bindingOf(expr) < binding) return `${prefix}(${flat(expr)})`;
  return laidOut(prefix, expr, indent);
}
