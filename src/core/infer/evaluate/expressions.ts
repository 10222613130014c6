/** Evaluates expressions that are no calls, names or subscripts; those have files of their own. */
import type { ComprehensionExpr, Expr } from '../../lower/ir';
import { withStarOutside } from '../../lower/splats';
import { constantAt } from '../dims';
import { rankPlus } from '../ranks';
import { sameAs } from '../tensors/pointwise';
import { BOOL, join, joinAll, ledBy, listOf, NONE, numeral, optionsOf, sequence, UNKNOWN } from '../values';
import type { SequenceValue, Value } from '../values';
import { evaluateCall } from './calls';
import { choice } from './control';
import type { Evaluator } from './evaluator';
import { bindTarget, elementOf, lengthOf } from './iteration';
import { evaluateAttribute, evaluateName } from './names';
import { evaluateBinary, evaluateUnary } from './operators';
import { bothWithout, comparedToNone, joinRanks, rankOfValue } from './ranks';
import { evaluateSubscript } from './subscripts';

export function evaluateExpr(ev: Evaluator, expr: Expr): Value {
  switch (expr.kind) {
    case 'name':
      return evaluateName(ev, expr);
    case 'attribute':
      return evaluateAttribute(ev, ev.evaluate(expr.object), expr);
    case 'call':
      return evaluateCall(ev, expr);
    case 'subscript':
      return evaluateSubscript(ev, expr);
    case 'binary':
      return evaluateBinary(ev, expr);
    case 'unary':
      return evaluateUnary(ev, expr);
    case 'boolean': {
      const left = ev.evaluate(expr.left);
      const right = ev.control.on(choice(2), 0, () => ev.evaluate(expr.right));
      // `x or default`: none of the two is certain, and neither is the size that it may be.
      if (left.kind === 'none') return right;
      const isFlag =
        expr.operator === 'and' && optionsOf(right).every((each) => /^(?:bool|unknown|none)$/.test(each.kind));
      const without = isFlag ? bothWithout(left, right) : undefined;
      return without === undefined ? join(left, right) : { ...BOOL, without };
    }
    case 'compare': {
      const operands = expr.operands.map((each) => ev.evaluate(each));
      const array = operands.find((each) => each.kind === 'tensor');
      const elementwise = expr.operators.every((each) => !/^(?:is|in|not)/.test(each));
      if (array && elementwise) return sameAs(array, 'bool');
      const without = comparedToNone(ev, expr);
      return without === undefined ? BOOL : { ...BOOL, without };
    }
    case 'conditional': {
      const test = ev.evaluate(expr.test);
      const either = choice(2);
      const body = ev.control.on(either, 0, () => ev.evaluate(expr.body));
      const orelse = ev.control.on(either, 1, () => ev.evaluate(expr.orelse));
      const without = test.kind === 'bool' ? test.without : undefined;
      if (without === undefined) return join(body, orelse);
      return without
        ? joinRanks(ev, body, orelse, ev.freshSite(expr))
        : joinRanks(ev, orelse, body, ev.freshSite(expr));
    }
    case 'tuple':
    case 'list':
    case 'set':
      return evaluateSequence(ev, expr.kind === 'tuple' ? 'tuple' : 'list', expr.items);
    case 'dict': {
      const entries = new Map<string, Value>();
      let element: Value | null = null;
      let complete = true;
      for (const { key, value } of expr.entries) {
        if (key) ev.evaluate(key);
        const each = ev.evaluate(value);
        const unpacked = key ? null : entriesOf(each);
        const item = unpacked ? joinAll([...unpacked.values()]) : each;
        if (!unpacked || unpacked.size > 0) element = element ? join(element, item) : item;
        if (key?.kind === 'string' && key.value !== null) entries.set(key.value, each);
        else if (unpacked) for (const [name, entry] of unpacked) entries.set(name, entry);
        else complete = false;
      }
      return { kind: 'dict', element: element ?? UNKNOWN, entries: complete ? entries : null };
    }
    case 'comprehension':
      return evaluateComprehension(ev, expr);
    case 'lambda':
      ev.runNested(expr);
      return { kind: 'closure', code: expr, frame: ev.frame, owner: ev.codeOwner };
    case 'number':
      return numeral(constantAt(expr.value, ev.site(expr)));
    case 'string':
      expr.fields.forEach((each) => ev.evaluate(each));
      return { kind: 'text', text: expr.value };
    case 'constant':
      return expr.value === 'None'
        ? NONE
        : expr.value === '...'
          ? UNKNOWN
          : { kind: 'bool', value: expr.value === 'True' };
    case 'starred':
      return ev.evaluate(expr.value);
    case 'slice':
      for (const each of [expr.lower, expr.upper, expr.step]) if (each) ev.evaluate(each);
      return UNKNOWN;
    case 'walrus': {
      const value = ev.evaluate(expr.value);
      ev.frame.set(expr.name, value);
      return value;
    }
    case 'await':
    case 'yield':
      if (expr.value) ev.evaluate(expr.value);
      return UNKNOWN;
    case 'opaque':
      return UNKNOWN;
  }
}

function evaluateSequence(ev: Evaluator, kind: 'tuple' | 'list', items: readonly Expr[]): Value {
  const parts = items.map((written) => {
    // Without brackets around it, `*x.shape, n` still has its star inside.
    const item = withStarOutside(written);
    const value = ev.evaluate(item);
    return item.kind === 'starred' ? unpacked(ev, value) : sequence(kind, [value]);
  });
  const known = parts.flatMap((each) => each.items ?? []);
  const [unknown, more] = parts.filter((each) => !each.items);
  if (!unknown) return sequence(kind, known);
  if (!unknown.lead || more) {
    const elements = parts.flatMap((each) => each.items ?? [each.element]);
    return { kind, items: null, element: joinAll(elements) };
  }
  const behind = parts.slice(parts.indexOf(unknown) + 1).flatMap((each) => each.items ?? []);
  const { count, tail } = unknown.lead;
  return ledBy(rankPlus(count, known.length - behind.length), [...tail, ...behind]);
}

/** What `*value` stands for. */
function unpacked(ev: Evaluator, value: Value): SequenceValue {
  if (value.kind === 'tuple' || value.kind === 'list') return value;
  if (value.kind !== 'shape') return { kind: 'list', items: null, element: UNKNOWN };
  const { tensor: source } = value;
  if (source.kind === 'tensor' && !source.shape.open) return sequence('list', source.shape.dims.map(numeral));
  const rank = rankOfValue(ev, source);
  return rank ? ledBy(rank, []) : { kind: 'list', items: null, element: UNKNOWN };
}

function evaluateComprehension(ev: Evaluator, expr: ComprehensionExpr): Value {
  const frame = ev.frame;
  const before = frame.snapshot();
  let loops = 0;
  let length = null;
  // How many steps pass a condition is not known.
  const conditional = expr.clauses.some((each) => each.kind === 'if');
  for (const clause of expr.clauses) {
    if (clause.kind === 'if') {
      ev.evaluate(clause.test);
      continue;
    }
    const iterable = ev.evaluate(clause.iterable);
    length = loops === 0 ? lengthOf(ev, iterable) : null;
    const trips = conditional ? null : lengthOf(ev, iterable);
    ev.loops.push({ form: 'comprehension', trips, start: expr.start, end: expr.end });
    loops++;
    bindTarget(ev, clause.target, elementOf(iterable));
  }
  const element = ev.evaluate(expr.element);
  const value = expr.value ? ev.evaluate(expr.value) : null;
  ev.loops.length -= loops;
  // The targets of a comprehension are its own; what was learned of other values stays.
  for (const clause of expr.clauses) {
    if (clause.kind !== 'for') continue;
    for (const name of namesIn(clause.target)) {
      const outer = before.variables.get(name);
      if (outer) frame.set(name, outer);
      else frame.forget(name);
    }
  }
  if (expr.form === 'dict') return { kind: 'dict', element: value ?? UNKNOWN, entries: null };
  return listOf(element, conditional || loops > 1 ? undefined : (length ?? undefined));
}

/** The names that an assignment target binds. */
export function namesIn(target: Expr): readonly string[] {
  switch (target.kind) {
    case 'name':
      return [target.name];
    case 'tuple':
    case 'list':
      return target.items.flatMap(namesIn);
    case 'starred':
      return namesIn(target.value);
    default:
      return [];
  }
}

/** What `**value` adds to a dict: the entries that it has for certain or may have. */
function entriesOf(value: Value): ReadonlyMap<string, Value> | null {
  const entries = new Map<string, Value>();
  for (const each of optionsOf(value)) {
    if (each.kind !== 'dict' || !each.entries) return null;
    for (const [name, entry] of each.entries) entries.set(name, entry);
  }
  return entries;
}
