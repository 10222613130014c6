/** Lowers expressions: every form of Python's expression grammar, once. */
import type { Argument, Clause, Expr, Parameter } from './ir';
import { lowerConstrained, lowerGeneric, lowerUnion } from './annotations';
import { lowerNumber, lowerString } from './literals';
import { MAX_ITEMS } from './reader';
import { withStarOutside } from './splats';
import type { Reader } from './reader';

const opaque = (r: Reader): Expr => ({ kind: 'opaque', start: r.start, end: r.end });

/** The expression at the cursor. Broken or unknown forms give an opaque node, never an error. */
export function lowerExpr(r: Reader): Expr {
  return r.nested(() => lowerByType(r, r.type)) ?? opaque(r);
}

function lowerByType(r: Reader, type: string): Expr {
  switch (type) {
    case 'identifier': {
      const { start, end } = r;
      return { kind: 'name', name: r.slice(start, end), start, end };
    }
    case 'attribute':
      return lowerAttribute(r);
    case 'call':
      return lowerCall(r);
    case 'subscript':
      return lowerSubscript(r);
    case 'generic_type':
      return lowerGeneric(r, lowerExpr);
    case 'union_type':
      return lowerUnion(r, lowerExpr);
    case 'constrained_type':
      return lowerConstrained(r, lowerExpr);
    case 'binary_operator':
      return lowerBinary(r);
    case 'unary_operator':
    case 'not_operator':
      return lowerUnary(r);
    case 'boolean_operator':
      return lowerBoolean(r);
    case 'comparison_operator':
      return lowerComparison(r);
    case 'conditional_expression':
      return lowerConditional(r);
    case 'parenthesized_expression':
    case 'type':
    case 'expression_statement':
    case 'as_pattern_target':
    case 'interpolation':
    case 'format_expression':
      return onlyChild(r);
    case 'tuple':
    case 'expression_list':
    case 'pattern_list':
    case 'tuple_pattern':
    case 'subject_list':
      return lowerSequence(r, 'tuple');
    case 'list':
    case 'list_pattern':
      return lowerSequence(r, 'list');
    case 'set':
      return lowerSequence(r, 'set');
    case 'dictionary':
      return lowerDict(r);
    case 'list_comprehension':
      return lowerComprehension(r, 'list');
    case 'set_comprehension':
      return lowerComprehension(r, 'set');
    case 'generator_expression':
      return lowerComprehension(r, 'generator');
    case 'dictionary_comprehension':
      return lowerComprehension(r, 'dict');
    case 'lambda':
      return lowerLambda(r);
    case 'integer':
    case 'float':
      return lowerNumber(r);
    case 'string':
    case 'concatenated_string':
      return lowerString(r, lowerExpr);
    case 'none':
      return { kind: 'constant', value: 'None', start: r.start, end: r.end };
    case 'true':
      return { kind: 'constant', value: 'True', start: r.start, end: r.end };
    case 'false':
      return { kind: 'constant', value: 'False', start: r.start, end: r.end };
    case 'ellipsis':
      return { kind: 'constant', value: '...', start: r.start, end: r.end };
    case 'list_splat':
    case 'list_splat_pattern':
      return { kind: 'starred', value: onlyChild(r), start: r.start, end: r.end };
    case 'slice':
      return lowerSlice(r);
    case 'named_expression':
      return lowerWalrus(r);
    case 'await':
      return { kind: 'await', value: onlyChild(r), start: r.start, end: r.end };
    case 'yield':
      return lowerYield(r);
    default:
      return opaque(r);
  }
}

/** The single named child, lowered; the parentheses or keyword around it leave no trace. */
function onlyChild(r: Reader): Expr {
  let found: Expr | null = null;
  r.children((type) => {
    if (!found && r.named && type !== 'ERROR') found = lowerExpr(r);
  });
  return found ?? opaque(r);
}

function lowerAttribute(r: Reader): Expr {
  const { start, end } = r;
  let object: Expr | null = null;
  let name = '';
  r.children(() => {
    const field = r.field;
    if (field === 'object') object = lowerExpr(r);
    else if (field === 'attribute') name = r.text;
  });
  return object && name ? { kind: 'attribute', object, name, start, end } : { kind: 'opaque', start, end };
}

function lowerCall(r: Reader): Expr {
  const { start, end } = r;
  let callee: Expr | null = null;
  let args: readonly Argument[] = [];
  r.children((type) => {
    const field = r.field;
    if (field === 'function') callee = lowerExpr(r);
    else if (type === 'argument_list') args = lowerArguments(r);
    else if (type === 'generator_expression') args = [{ name: null, value: lowerExpr(r) }];
  });
  return callee ? { kind: 'call', callee, args, start, end } : { kind: 'opaque', start, end };
}

/** The arguments between the parentheses of a call, or the bases of a class. */
export function lowerArguments(r: Reader): readonly Argument[] {
  const args: Argument[] = [];
  r.children((type) => {
    if (args.length >= MAX_ITEMS || !r.named) return;
    if (type === 'keyword_argument') {
      let name = '';
      let value: Expr | null = null;
      r.children(() => {
        const field = r.field;
        if (field === 'name') name = r.text;
        else if (field === 'value') value = lowerExpr(r);
      });
      if (value) args.push({ name, value });
    } else if (type === 'list_splat') args.push({ name: '*', value: onlyChild(r) });
    else if (type === 'dictionary_splat') args.push({ name: '**', value: onlyChild(r) });
    else args.push({ name: null, value: lowerExpr(r) });
  });
  return args;
}

function lowerSubscript(r: Reader): Expr {
  const { start, end } = r;
  let object: Expr | null = null;
  const index: Expr[] = [];
  r.children(() => {
    const field = r.field;
    if (field === 'value') object = lowerExpr(r);
    else if (field === 'subscript') index.push(lowerExpr(r));
  });
  // `x[(a, b)]` and `x[a, b]` are the same subscript.
  const [first] = index;
  const parts = index.length === 1 && first?.kind === 'tuple' ? first.items : index;
  return object ? { kind: 'subscript', object, index: parts, start, end } : { kind: 'opaque', start, end };
}

function lowerBinary(r: Reader): Expr {
  const { start, end } = r;
  let left: Expr | null = null;
  let right: Expr | null = null;
  let operator = '';
  r.children((type) => {
    const field = r.field;
    if (field === 'left') left = lowerExpr(r);
    else if (field === 'right') right = lowerExpr(r);
    else if (field === 'operator') operator = type;
  });
  return left && right ? { kind: 'binary', operator, left, right, start, end } : { kind: 'opaque', start, end };
}

function lowerUnary(r: Reader): Expr {
  const { start, end } = r;
  let operand: Expr | null = null;
  let operator = 'not';
  r.children((type) => {
    const field = r.field;
    if (field === 'argument') operand = lowerExpr(r);
    else if (field === 'operator') operator = type;
  });
  return operand ? { kind: 'unary', operator, operand, start, end } : { kind: 'opaque', start, end };
}

function lowerBoolean(r: Reader): Expr {
  const binary = lowerBinary(r);
  if (binary.kind !== 'binary') return binary;
  const { left, right, start, end } = binary;
  return { kind: 'boolean', operator: binary.operator === 'and' ? 'and' : 'or', left, right, start, end };
}

function lowerComparison(r: Reader): Expr {
  const { start, end } = r;
  const operands: Expr[] = [];
  const operators: string[] = [];
  r.children((type) => {
    const field = r.field;
    if (field === 'operators') operators.push(type);
    else if (r.named) operands.push(lowerExpr(r));
  });
  return { kind: 'compare', operators, operands, start, end };
}

function lowerConditional(r: Reader): Expr {
  const { start, end } = r;
  const parts: Expr[] = [];
  r.children(() => {
    if (r.named) parts.push(lowerExpr(r));
  });
  const [body, test, orelse] = parts;
  return body && test && orelse
    ? { kind: 'conditional', body, test, orelse, start, end }
    : { kind: 'opaque', start, end };
}

function lowerSequence(r: Reader, kind: 'tuple' | 'list' | 'set'): Expr {
  const { start, end } = r;
  const items: Expr[] = [];
  r.children(() => {
    if (r.named && items.length <= MAX_ITEMS) items.push(lowerExpr(r));
  });
  if (items.length > MAX_ITEMS) return { kind: 'opaque', start, end };
  return { kind, items: items.length === 1 ? items.map(withStarOutside) : items, start, end };
}

function lowerDict(r: Reader): Expr {
  const { start, end } = r;
  const entries: { key: Expr | null; value: Expr }[] = [];
  r.children((type) => {
    if (entries.length > MAX_ITEMS) return;
    if (type === 'pair') {
      const pair = lowerPair(r);
      if (pair) entries.push(pair);
    } else if (type === 'dictionary_splat') entries.push({ key: null, value: onlyChild(r) });
  });
  return entries.length > MAX_ITEMS ? { kind: 'opaque', start, end } : { kind: 'dict', entries, start, end };
}

function lowerPair(r: Reader): { key: Expr; value: Expr } | null {
  let key: Expr | null = null;
  let value: Expr | null = null;
  r.children(() => {
    const field = r.field;
    if (field === 'key') key = lowerExpr(r);
    else if (field === 'value') value = lowerExpr(r);
  });
  return key && value ? { key, value } : null;
}

function lowerComprehension(r: Reader, form: 'list' | 'set' | 'generator' | 'dict'): Expr {
  const { start, end } = r;
  let element: Expr | null = null;
  let value: Expr | null = null;
  const clauses: Clause[] = [];
  r.children((type) => {
    const field = r.field;
    if (field === 'body' && type === 'pair') {
      const pair = lowerPair(r);
      element = pair?.key ?? null;
      value = pair?.value ?? null;
    } else if (field === 'body') element = lowerExpr(r);
    else if (type === 'for_in_clause') {
      let target: Expr | null = null;
      const iterables: Expr[] = [];
      r.children(() => {
        const part = r.field;
        if (part === 'left') target = lowerExpr(r);
        else if (part === 'right' && r.named) iterables.push(lowerExpr(r));
      });
      if (target && iterables[0]) clauses.push({ kind: 'for', target, iterable: iterables[0] });
    } else if (type === 'if_clause') clauses.push({ kind: 'if', test: onlyChild(r) });
  });
  return element
    ? { kind: 'comprehension', form, element, value, clauses, start, end }
    : { kind: 'opaque', start, end };
}

function lowerLambda(r: Reader): Expr {
  const { start, end } = r;
  let parameters: readonly Parameter[] = [];
  let body: Expr | null = null;
  r.children(() => {
    const field = r.field;
    if (field === 'parameters') parameters = lowerParameters(r);
    else if (field === 'body') body = lowerExpr(r);
  });
  return body ? { kind: 'lambda', parameters, body, start, end } : { kind: 'opaque', start, end };
}

/** A parameter list, of a lambda or a function. */
export function lowerParameters(r: Reader): readonly Parameter[] {
  const parameters: Parameter[] = [];
  let keywordOnly = false;
  r.children((type) => {
    const { start, end } = r;
    if (type === 'keyword_separator') keywordOnly = true;
    else if (type === 'positional_separator') {
      parameters.forEach((each, at) => (parameters[at] = { ...each, form: 'positional-only' }));
    } else if (r.named) {
      const parts = parameterParts(r, type);
      if (!parts) return;
      const form = parts.form ?? (keywordOnly ? 'keyword-only' : 'positional');
      parameters.push({ name: parts.name, form, annotation: parts.annotation, default: parts.default, start, end });
      if (parts.form === '*') keywordOnly = true;
    }
  });
  return parameters;
}

interface ParameterParts {
  name: string;
  form: '*' | '**' | null;
  annotation: Expr | null;
  default: Expr | null;
}

function parameterParts(r: Reader, type: string): ParameterParts | null {
  const parts: ParameterParts = { name: '', form: null, annotation: null, default: null };
  const read = (inner: string): void => {
    if (inner === 'identifier') parts.name = r.text;
    else if (inner === 'list_splat_pattern' || inner === 'dictionary_splat_pattern') {
      parts.form = inner === 'list_splat_pattern' ? '*' : '**';
      parts.name = r.text.replace(/^\**\s*/, '');
    }
  };
  if (type === 'identifier' || type === 'list_splat_pattern' || type === 'dictionary_splat_pattern') read(type);
  else if (type === 'default_parameter' || type === 'typed_parameter' || type === 'typed_default_parameter') {
    r.children((inner) => {
      const field = r.field;
      if (field === 'type') parts.annotation = lowerExpr(r);
      else if (field === 'value') parts.default = lowerExpr(r);
      else if (r.named) read(inner);
    });
  }
  return parts.name ? parts : null;
}

function lowerSlice(r: Reader): Expr {
  const { start, end } = r;
  const parts: (Expr | null)[] = [null];
  r.children((type) => {
    if (type === ':') parts.push(null);
    else if (r.named) parts[parts.length - 1] = lowerExpr(r);
  });
  const [lower = null, upper = null, step = null] = parts;
  return { kind: 'slice', lower, upper, step, start, end };
}

function lowerWalrus(r: Reader): Expr {
  const { start, end } = r;
  let name = '';
  let value: Expr | null = null;
  r.children(() => {
    const field = r.field;
    if (field === 'name') name = r.text;
    else if (field === 'value') value = lowerExpr(r);
  });
  return value && name ? { kind: 'walrus', name, value, start, end } : { kind: 'opaque', start, end };
}

function lowerYield(r: Reader): Expr {
  const { start, end } = r;
  let value: Expr | null = null;
  r.children(() => {
    if (r.named) value = lowerExpr(r);
  });
  return { kind: 'yield', value, start, end };
}
