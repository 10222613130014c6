/** Runs statements: branches are joined, loops are run until they change nothing more. */
import type { Expr, ForStmt, IfStmt, Stmt, TryStmt } from '../../lower/ir';
import type { Dim } from '../dims';
import type { Snapshot } from '../frame';
import type { Decision, Loop } from '../operations';
import { UNKNOWN } from '../values';
import type { Value } from '../values';
import { choice, raises } from './control';
import type { Way } from './control';
import type { Evaluator } from './evaluator';
import { bindTarget, elementOf, lengthOf } from './iteration';
import { importedValue } from './imports';
import { narrow } from './narrow';
import { arithmetic, matrixProduct } from './operators';
import { keepRanks, keepUpdatedRanks, updatedNames } from './ranks';
import { asWritten, refineNamed } from './writtenValues';

export function runBody(ev: Evaluator, statements: readonly Stmt[]): void {
  for (const statement of statements) {
    // What follows a return is read as well, but not where it was ruled out that it runs.
    if (ev.frame.ended && (ev.options.flags?.size ?? 0) > 0) return;
    runStatement(ev, statement);
  }
}

function runStatement(ev: Evaluator, statement: Stmt): void {
  switch (statement.kind) {
    case 'assign': {
      if (!statement.value) return;
      const value = asWritten(ev, statement, ev.evaluate(statement.value));
      const updated = updatedNames(statement);
      const before = updated.map((name) => ev.frame.get(name));
      for (const target of statement.targets) bindTarget(ev, target, value);
      keepUpdatedRanks(ev, updated, before);
      refineNamed(ev, statement);
      return;
    }
    case 'augment': {
      const target = ev.evaluate(statement.target);
      const value = ev.evaluate(statement.value);
      const result =
        statement.operator === '@'
          ? matrixProduct(
              ev,
              { expr: statement.target, value: target },
              { expr: statement.value, value },
              statement,
              statement.value,
            )
          : arithmetic(ev, statement.operator, target, value);
      if (statement.target.kind === 'name') ev.frame.set(statement.target.name, result);
      return;
    }
    case 'expr':
      ev.evaluate(statement.value);
      return;
    case 'return':
      ev.returned.push(statement.value ? ev.evaluate(statement.value) : { kind: 'none' });
      ev.control.leave('return');
      ev.frame.ended = true;
      return;
    case 'raise':
    case 'assert':
      statement.values.forEach((each) => ev.evaluate(each));
      if (statement.kind === 'raise') ev.frame.ended = true;
      else if (statement.values[0]) narrow(ev, statement.values[0], true);
      return;
    case 'if':
      runIf(ev, statement);
      return;
    case 'for':
      runFor(ev, statement);
      return;
    case 'while':
      loop(
        ev,
        { form: 'while', trips: null, start: statement.start, end: statement.end },
        () => {
          ev.evaluate(statement.test);
          runBody(ev, statement.body);
        },
        statement.orelse,
      );
      return;
    case 'with':
      for (const { context, target } of statement.items) {
        const value = ev.evaluate(context);
        if (target) bindTarget(ev, target, value.kind === 'module' || value.kind === 'instance' ? value : UNKNOWN);
      }
      runBody(ev, statement.body);
      return;
    case 'try':
      runTry(ev, statement);
      return;
    case 'match':
      ev.evaluate(statement.subject);
      branches(
        ev,
        statement.cases.map((each) => () => {
          for (const name of each.names) ev.frame.set(name, UNKNOWN);
          runBody(ev, each.body);
        }),
        true,
      );
      return;
    case 'delete':
      for (const target of statement.targets) if (target.kind === 'name') ev.frame.forget(target.name);
      return;
    case 'def':
      ev.frame.set(statement.name, { kind: 'closure', code: statement, frame: ev.frame, owner: ev.codeOwner });
      ev.runNested(statement);
      return;
    case 'class':
      runLocalClass(ev, statement.name, statement.body);
      return;
    case 'import':
      for (const each of statement.imports) ev.frame.set(each.bound, importedValue(ev, each));
      return;
    case 'break':
    case 'continue':
      ev.control.leave(statement.kind);
      ev.frame.ended = true;
      return;
    case 'global':
    case 'nonlocal':
    case 'pass':
    case 'opaque':
  }
}

function runIf(ev: Evaluator, statement: IfStmt): void {
  const test = ev.evaluate(statement.test);
  const known = assumedTruth(ev, statement.test, test);
  if (known !== null) {
    runBody(ev, known ? statement.body : statement.orelse);
    return;
  }
  const ways = branches(ev, [
    () => {
      narrow(ev, statement.test, true);
      runBody(ev, statement.body);
    },
    () => {
      narrow(ev, statement.test, false);
      runBody(ev, statement.orelse);
    },
  ]);
  const [passed, failed] = ways.map((each) => !each.ended);
  // Where one of them raises, every call that goes on has taken the other.
  if (passed !== failed && !ev.frame.ended) narrow(ev, statement.test, passed === true);
  const without = test.kind === 'bool' ? test.without : undefined;
  const [left, taken] = without === undefined ? [] : without ? ways : ways.toReversed();
  const body = without === true ? statement.orelse : statement.body;
  if (left && taken) keepRanks(ev, left, taken, body, ev.freshSite(statement));
}

/** Whether a test on a parameter is passed, where that parameter is assumed to be True or False. */
function assumedTruth(ev: Evaluator, test: Expr, value: Value): boolean | null {
  if (test.kind === 'unary' && test.operator === 'not') {
    const inner = assumedTruth(ev, test.operand, test.operand.kind === 'name' ? ev.evaluate(test.operand) : UNKNOWN);
    return inner === null ? null : !inner;
  }
  if (test.kind !== 'name' || value.kind !== 'bool' || ev.options.flags?.has(test.name) !== true) return null;
  return value.value ?? null;
}

/** Runs each way on its own copy of the variables and joins what comes out. @param optional none may be taken */
function branches(ev: Evaluator, ways: readonly (() => void)[], optional = false): readonly Snapshot[] {
  const before = ev.frame.snapshot();
  const outcomes: Snapshot[] = optional ? [before] : [];
  const decision = undecided();
  const taken: Way[] = [];
  for (const [at, way] of [...ways, ...(optional ? [() => undefined] : [])].entries()) {
    ev.frame.restore(before);
    taken.push(ev.control.way({ decision, way: at }, way, () => ev.frame.ended));
    if (at < ways.length) outcomes.push(ev.frame.snapshot());
  }
  decide(ev, decision, taken);
  const [first, ...rest] = outcomes;
  if (first) ev.frame.restore(first);
  for (const each of rest) ev.frame.merge(each);
  return outcomes;
}

/** A decision whose ways have still to be run. */
function undecided(): { ways: number[]; unclear: boolean } {
  return { ways: [], unclear: false };
}

/** Of the ways that have been run, those count that a call can take without failing. */
function decide(ev: Evaluator, decision: ReturnType<typeof undecided>, taken: readonly Way[]): void {
  decision.ways = [...taken.keys()].filter((at) => !(taken[at] && raises(taken[at])));
  ev.control.meet(decision, taken);
}

function runFor(ev: Evaluator, statement: ForStmt): void {
  const iterable = ev.evaluate(statement.iterable);
  const trips: Dim | null = lengthOf(ev, iterable);
  loop(
    ev,
    { form: 'for', trips, start: statement.start, end: statement.end },
    () => {
      bindTarget(ev, statement.target, elementOf(iterable));
      runBody(ev, statement.body);
    },
    statement.orelse,
  );
}

/**
 * A loop's body is first run unheard, to see what it changes; what it changes is joined with what was
 * before, and then the body is run once more with that. Within an unheard run only one more level is run
 * twice: deeper loops would multiply, and that run only looks for what changes.
 */
function loop(ev: Evaluator, around: Loop, body: () => void, orelse: readonly Stmt[]): void {
  const before = ev.frame.snapshot();
  ev.loops.push(around);
  if (ev.silent < 2) {
    ev.silent++;
    const { exits } = ev.control.way(null, body);
    ev.silent--;
    if (exits.has('break') || exits.has('return')) ev.loops.splice(-1, 1, { ...around, trips: null });
    const after = ev.frame.snapshot();
    ev.frame.restore(before);
    ev.frame.merge({ ...after, ended: false });
  }
  const ran = ev.control.way(null, body);
  ev.loops.pop();
  const last = ev.frame.snapshot();
  // The body may also not run at all, or end with break and continue, which end no function.
  ev.frame.restore(before);
  ev.frame.merge({ ...last, ended: false });
  ev.control.afterLoop(ran);
  if (orelse.length === 0) return;
  const broken: Decision = choice(ran.exits.has('break') ? 2 : 1);
  const otherwise = ev.control.way(
    { decision: broken, way: 0 },
    () => runBody(ev, orelse),
    () => ev.frame.ended,
  );
  ev.control.meet(broken, [otherwise]);
}

function runTry(ev: Evaluator, statement: TryStmt): void {
  const before = ev.frame.snapshot();
  const decision = undecided();
  let after = before;
  const ended = (): boolean => ev.frame.ended;
  const body = (): void => {
    runBody(ev, statement.body);
    after = ev.frame.snapshot();
    runBody(ev, statement.orelse);
  };
  const taken = [ev.control.way({ decision, way: 0 }, body, ended)];
  const outcomes: Snapshot[] = [ev.frame.snapshot()];
  for (const handler of statement.handlers) {
    ev.frame.restore(before);
    ev.frame.merge({ ...after, ended: false });
    if (handler.name !== null) ev.frame.set(handler.name, UNKNOWN);
    const way = { decision, way: taken.length };
    taken.push(ev.control.way(way, () => runBody(ev, handler.body), ended));
    outcomes.push(ev.frame.snapshot());
  }
  // A part of the body may have run before a handler took over.
  decision.unclear = taken.slice(1).some((each) => !raises(each));
  decide(ev, decision, taken);
  const [first, ...rest] = outcomes;
  if (first) ev.frame.restore(first);
  for (const each of rest) ev.frame.merge(each);
  runBody(ev, statement.final);
}

/** A class inside a function: its methods are run for what they do; nothing is known of its instances. */
function runLocalClass(ev: Evaluator, name: string, body: readonly Stmt[]): void {
  const outer = ev.qualname;
  ev.qualname = `${outer}.<locals>.${name}`;
  for (const each of body) if (each.kind === 'def') ev.runNested(each, '.');
  ev.qualname = outer;
  ev.frame.set(name, UNKNOWN);
}
