import assert from 'node:assert/strict';
import { FailureKind, newRace } from '../../src/protocol';
import type { Failure } from '../../src/protocol';
import { environmentFacts, furtherFacts } from '../../src/webview/model/environment';
import { problems } from '../../src/webview/model/problems';
import { played, recordedRace, round } from './recordedRaces';

const types = (problem: { remedies: readonly { type: string }[] } | undefined) =>
  problem?.remedies.map((remedy) => remedy.type);

describe('problems', () => {
  it('names an absent framework once, with the environment that helps', () => {
    const found = problems(played(recordedRace('jaxAbsent')));
    assert.equal(found.length, 1);
    assert.equal(found[0]?.affected, 'JAX');
    assert.deepEqual(types(found[0]), ['createJaxEnvironment', 'selectInterpreter']);
  });

  it('offers no JAX environment for an absent torch', () => {
    const failure: Failure = { kind: 'frameworkAbsent', message: 'PyTorch is not installed.' };
    const race = { ...newRace('r'), workers: { torch: { status: 'absent', environment: null, failure } } } as const;
    assert.deepEqual(types(problems(race)[0]), ['selectInterpreter']);
  });

  it('joins what befell a variant in several modes and shows its source', () => {
    const found = problems(played(recordedRace('busyMachine')));
    assert.deepEqual(
      found.map((each) => each.affected),
      ['PyTorch vmap (forward, training step)', 'PyTorch compiled (forward, training step)'],
    );
    assert.deepEqual(found[0]?.remedies, [{ type: 'showSource', variant: 'torch-vmap' }]);
    assert.match(found[1]?.detail ?? '', /^Traceback/);
  });

  it('gives the place in the reader’s code by its file’s name', () => {
    const failure: Failure = { kind: 'loadFailed', message: 'It raised.', file: 'C:\\work\\model.py', line: 12 };
    const [problem] = problems({ ...newRace('r'), status: 'failed', failure });
    assert.equal(problem?.where, 'model.py:12');
    assert.equal(problem.affected, '');
  });

  it('sees none in a race that the reader cancelled', () => {
    const failure: Failure = { kind: 'cancelled', message: 'Cancelled.' };
    assert.deepEqual(problems({ ...newRace('r'), status: 'cancelled', failure }), []);
  });

  it('has a sentence for every kind of failure', () => {
    for (const kind of FailureKind.options.filter((each) => each !== 'cancelled')) {
      const found = problems({ ...newRace('r'), status: 'failed', failure: { kind, message: `It was ${kind}.` } });
      assert.deepEqual(
        found.map((each) => each.message),
        [`It was ${kind}.`],
      );
    }
  });
});

describe('environment', () => {
  const text = (facts: readonly { name: string; text: string }[], name: string) =>
    facts.find((fact) => fact.name === name)?.text;

  it('is the workers’ word before there is a report, and the report’s after', () => {
    const recorded = recordedRace('mlpComplete');
    const early = environmentFacts(played(recorded, round('forward', 1)));
    assert.equal(text(early, 'PyTorch'), '2.13.0+cpu');
    assert.equal(text(early, 'Precision'), undefined);
    const final = environmentFacts(played(recorded));
    assert.equal(text(final, 'Precision'), 'ieee float32');
    assert.equal(text(final, 'Load'), '0.12');
  });

  it('says what is not installed', () => {
    assert.equal(text(environmentFacts(played(recordedRace('jaxAbsent'))), 'JAX'), 'not installed');
  });

  it('lists flags and what newer runners record', () => {
    const facts = furtherFacts(played(recordedRace('mlpComplete')));
    assert.equal(text(facts, 'jax_default_matmul_precision'), 'highest');
    assert.equal(text(facts, 'bootstrap_resamples'), '1000');
    assert.equal(text(facts, 'torch interpreter'), '/home/reader/project/.venv/bin/python');
  });
});
