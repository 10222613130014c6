/** The index of a body against plain walks through it, for the bodies of every rule's fixtures. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { namesIn } from '../../src/core/infer/evaluate/expressions';
import { blocksOf } from '../../src/core/lower/facts';
import type { Expr, Span, Stmt } from '../../src/core/lower/ir';
import { expressionsOf, mentions, walkBody, walkExpr, walkStatements } from '../../src/core/lower/walk';
import { BodyIndex } from '../../src/core/rules/match/bodyIndex';
import { ROOT, TestCore } from './support/analyze';

const FIXTURES = path.join(ROOT, 'test/fixtures/rules');

describe('the index of a body', () => {
  let bodies: readonly (readonly Stmt[])[];

  before(async () => {
    const core = await TestCore.load();
    bodies = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
      .filter((each) => each.endsWith('.py'))
      .flatMap((each) => {
        const { session } = core.analyze(readFileSync(path.join(FIXTURES, each), 'utf8'));
        const { file } = session;
        return [file.facts.module, ...file.facts.functions.map(({ key }) => file.body(key)?.body ?? [])];
      });
  });

  it('finds the statements around each expression', () => {
    let compared = 0;
    for (const body of bodies) {
      const index = new BodyIndex(body);
      walkBody(body, (each) => {
        assert.deepEqual(
          index.stepsTo(each).map(({ statement }) => statement),
          statementsTo(body, each),
        );
        compared++;
      });
    }
    assert.ok(compared > 10_000, `${compared} compared`);
  });

  it('knows what each statement binds and mentions', () => {
    let bound = 0;
    for (const body of bodies) {
      const index = new BodyIndex(body);
      const names = namesOf(body);
      walkStatements(body, (statement) => {
        for (const name of names) {
          const expected = boundIn(statement).has(name);
          assert.equal(index.binds(statement, name), expected, `${name} at ${statement.start}`);
          if (expected) bound++;
        }
      });
      for (const name of names) {
        let count = 0;
        walkBody(body, (each) => {
          if ((each.kind === 'name' || each.kind === 'walrus') && each.name === name) count++;
        });
        assert.equal(index.mentions(name).length, count, name);
      }
    }
    assert.ok(bound > 1_000, `${bound} bound`);
  });

  it('knows where something is written to what a name holds', () => {
    let written = 0;
    for (const body of bodies) {
      const index = new BodyIndex(body);
      walkStatements(body, (statement) => {
        if (statement.kind !== 'assign') return;
        for (const target of statement.targets) {
          if (target.kind !== 'subscript' && target.kind !== 'attribute') continue;
          for (const name of namesOf(body)) {
            if (!mentions(target.object, name)) continue;
            assert.equal(index.lastWrite(name, statement.start, statement.end), statement);
            written++;
          }
        }
      });
    }
    assert.ok(written > 50, `${written} written`);
  });
});

/** The statements around a place, block after block from the outside. */
function statementsTo(body: readonly Stmt[], place: Span): readonly Stmt[] {
  const found = body.find((each) => each.start <= place.start && place.end <= each.end);
  if (!found) return [];
  const blocks = found.kind === 'def' || found.kind === 'class' ? [found.body] : blocksOf(found);
  return [found, ...(blocks.map((each) => statementsTo(each, place)).find((each) => each.length > 0) ?? [])];
}

function namesOf(body: readonly Stmt[]): ReadonlySet<string> {
  const names = new Set<string>();
  walkBody(body, (each) => {
    if (each.kind === 'name' || each.kind === 'walrus') names.add(each.name);
  });
  return names;
}

function boundIn(statement: Stmt): ReadonlySet<string> {
  const names = new Set<string>();
  const bind = (target: Expr): void => namesIn(target).forEach((each) => names.add(each));
  walkStatements([statement], (each) => {
    if (each.kind === 'assign' && each.value) each.targets.forEach(bind);
    if (each.kind === 'delete') each.targets.forEach(bind);
    if (each.kind === 'augment' || each.kind === 'for') bind(each.target);
    if (each.kind === 'with') each.items.forEach(({ target }) => target && bind(target));
    if (each.kind === 'def' || each.kind === 'class') names.add(each.name);
    if (each.kind === 'import') each.imports.forEach(({ bound }) => names.add(bound));
    if (each.kind === 'try') each.handlers.forEach(({ name }) => name !== null && names.add(name));
    if (each.kind === 'match') each.cases.forEach((one) => one.names.forEach((name) => names.add(name)));
    for (const part of expressionsOf(each))
      walkExpr(part, (inner) => {
        if (inner.kind === 'walrus') names.add(inner.name);
      });
  });
  return names;
}
