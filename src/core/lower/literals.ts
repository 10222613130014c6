/** Lowers numbers and strings. */
import type { Expr } from './ir';
import type { Reader } from './reader';

const INTEGER_PREFIX = /^0[xXoObB]/;

/** Integers beyond 2^53 and complex numbers are opaque: no size is that large. */
export function lowerNumber(r: Reader): Expr {
  const { start, end } = r;
  const text = r.text.replaceAll('_', '');
  const value = Number(INTEGER_PREFIX.test(text) ? text : text.replace(/^0+(?=\d)/, ''));
  if (Number.isNaN(value)) return { kind: 'opaque', start, end };
  const integer = r.type === 'integer';
  if (integer && !Number.isSafeInteger(value)) return { kind: 'opaque', start, end };
  return { kind: 'number', value, integer, start, end };
}

/** Escapes other than these leave their string without a value: the names and subscripts asked about have none. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\\\': '\\',
  "\\'": "'",
  '\\"': '"',
  '\\n': '\n',
  '\\t': '\t',
  '\\\n': '',
};

export function lowerString(r: Reader, lowerExpr: (r: Reader) => Expr): Expr {
  const { start, end } = r;
  const fields: Expr[] = [];
  let value: string | null = '';
  const readPart = (): void => {
    let plain = true;
    r.children((type) => {
      if (type === 'string_start') plain = !/[bB]/.test(r.text);
      else if (type === 'string_content') {
        const content = contentOf(r);
        value = value === null || content === null || !plain ? null : value + content;
      } else if (type === 'interpolation') {
        value = null;
        fields.push(lowerExpr(r));
      }
    });
    if (!plain) value = null;
  };
  if (r.type === 'concatenated_string') {
    r.children((type) => {
      if (type === 'string') readPart();
    });
  } else readPart();
  return { kind: 'string', value, fields, start, end };
}

function contentOf(r: Reader): string | null {
  let from = r.start;
  let content: string | null = '';
  const whole = r.text;
  const base = r.start;
  r.children((type) => {
    if (type !== 'escape_sequence' && type !== 'escape_interpolation') return;
    const replacement = type === 'escape_interpolation' ? r.text.slice(1) : ESCAPES[r.text];
    content =
      content === null || replacement === undefined
        ? null
        : content + whole.slice(from - base, r.start - base) + replacement;
    from = r.end;
  });
  return content === null ? null : content + whole.slice(from - base);
}
