/** What is known of a parameter before anything is called: its annotation, its default, and how it is used. */
import { summarize } from '../infer/analyzeFunction';
import type { Expr, Parameter } from '../lower/ir';
import { canonicalName } from '../link/names';
import { BOOL, manyOf, NUMBER, OUTSIDE, STATIC, tensorKnown, TEXT, UNKNOWN } from './known';
import type { Elements, Known } from './known';
import type { Translator } from './translator';

export function parameterKnown(t: Translator, parameter: Parameter): Known {
  const annotated = parameter.annotation ? fromAnnotation(t, parameter.annotation) : null;
  const mayBeNone = parameter.default?.kind === 'constant' && parameter.default.value === 'None';
  if (annotated) return mayBeNone && annotated.kind !== 'optional' ? { kind: 'optional', of: annotated } : annotated;
  const { default: value } = parameter;
  if (value && !mayBeNone) {
    if (value.kind === 'number' || (value.kind === 'unary' && value.operand.kind === 'number')) return NUMBER;
    if (value.kind === 'string') return TEXT;
    if (value.kind === 'constant') return BOOL;
    return STATIC;
  }
  const known = fromUse(t, parameter.name) ?? UNKNOWN;
  return mayBeNone ? { kind: 'optional', of: known } : known;
}

/** How the function's own code uses the parameter shows that it is a tensor, and of which kind. */
function fromUse(t: Translator, name: string): Known | null {
  const summary = summarize(t.program.session, t.place.key);
  const requirement = summary?.requirements.get(name);
  if (!requirement) return null;
  // What a mask was computed from is told like a mask, and need not be of truth values.
  const elements: Record<string, Elements> = { index: 'int', float: 'float' };
  return tensorKnown({ elements: elements[requirement.role] ?? null, roots: OUTSIDE });
}

const TENSORS: Readonly<Record<string, Elements | null>> = {
  'torch.Tensor': null,
  'torch.FloatTensor': 'float',
  'torch.LongTensor': 'int',
  'torch.IntTensor': 'int',
  'torch.BoolTensor': 'bool',
};

function fromAnnotation(t: Translator, expr: Expr): Known | null {
  if (expr.kind === 'string') return expr.value === null ? null : fromText(expr.value);
  if (expr.kind === 'binary' && expr.operator === '|') {
    const [left, right] = [expr.left, expr.right];
    const none = [left, right].find(isNone);
    if (!none) return null;
    const other = fromAnnotation(t, none === left ? right : left);
    return other && { kind: 'optional', of: other };
  }
  if (expr.kind === 'subscript') {
    const outer = qualified(t, expr.object);
    const [inner] = expr.index;
    if (!inner || outer === null) return null;
    if (outer === 'typing.Optional') {
      const of = fromAnnotation(t, inner);
      return of && { kind: 'optional', of };
    }
    if (/^(?:typing\.)?(?:List|Sequence|list)$/.test(outer)) return manyOf('list', fromAnnotation(t, inner) ?? UNKNOWN);
    if (/^(?:typing\.)?(?:Tuple|tuple)$/.test(outer)) {
      const items = expr.index.filter((each) => !(each.kind === 'constant' && each.value === '...'));
      const known = items.map((each) => fromAnnotation(t, each) ?? UNKNOWN);
      if (items.length === expr.index.length)
        return { kind: 'sequence', form: 'tuple', items: known, element: known[0] ?? UNKNOWN };
      return manyOf('tuple', known[0] ?? UNKNOWN);
    }
    // jaxtyping: Float[Tensor, "b n"]
    if (outer.startsWith('jaxtyping.')) {
      const elements: Record<string, Elements> = { Float: 'float', Int: 'int', Integer: 'int', Bool: 'bool' };
      return tensorKnown({ elements: elements[outer.slice('jaxtyping.'.length)] ?? null, roots: OUTSIDE });
    }
    return null;
  }
  const name = qualified(t, expr);
  if (name === null) return null;
  if (name in TENSORS) return tensorKnown({ elements: TENSORS[name] ?? null, roots: OUTSIDE });
  return fromText(name);
}

function fromText(text: string): Known | null {
  switch (text.trim()) {
    case 'int':
    case 'float':
      return NUMBER;
    case 'bool':
      return BOOL;
    case 'str':
      return TEXT;
    case 'Tensor':
    case 'torch.Tensor':
      return tensorKnown({ roots: OUTSIDE });
    default:
      return null;
  }
}

const isNone = (expr: Expr): boolean => expr.kind === 'constant' && expr.value === 'None';

function qualified(t: Translator, expr: Expr): string | null {
  if (expr.kind === 'attribute') {
    const inner = qualified(t, expr.object);
    return inner === null ? null : canonicalName(`${inner}.${expr.name}`);
  }
  if (expr.kind !== 'name') return null;
  const binding = t.program.file.scope.lookup(expr.name)[0];
  return binding?.kind === 'import' ? binding.name : binding ? null : expr.name;
}
