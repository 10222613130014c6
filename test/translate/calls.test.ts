/** Every operation and module of the tables, in all spellings: values, dtypes and gradients are PyTorch's. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { convertToJax } from '../../src/core';
import type { Conversion } from '../../src/core/translate';
import { TORCH_MODULES } from '../../src/core/translate/modules/torch';
import { OPERATIONS } from '../../src/core/translate/table';
import { ROOT, TestCore } from '../core/support/analyze';
import { WholeAnalyzer } from '../core/translate/analyzeAll';
import { functionOf, inputsOf, moduleOf } from './calls/inputs';
import { MODULE_SAMPLES, moduleSample } from './calls/modules';
import { keyOf, marked, NOT_CALLED, samplesOf, unused } from './calls/samples';
import type { Marked } from './calls/samples';
import { spellingsOf } from './calls/spellings';
import { python } from './python';

/** What verify_calls.py says of a call: whether PyTorch itself takes it, and what differs. */
interface Outcome {
  readonly id: number;
  readonly torch_refuses: string | null;
  readonly problem: string | null;
}

interface Case {
  readonly entry: string;
  readonly called: string;
  readonly code: string;
  readonly mark: Marked;
  readonly torch: string;
  readonly inputs: readonly string[];
  readonly made: Conversion;
  /** The same with its inputs declared to be of one kind; null where it was refused. */
  readonly declared: Readonly<Record<string, string | null>>;
}

describe('every call of the tables', function () {
  this.timeout(300_000);
  const cases: Case[] = [];
  const outcomes = new Map<number, Outcome>();

  before(async () => {
    const analyzer = new WholeAnalyzer(await TestCore.load());
    const convert = (torch: string, name: string): Conversion => {
      const made = convertToJax(analyzer.analyze(torch), name);
      assert.ok(made, torch);
      return made;
    };
    const sourceOf = (made: Conversion): string | null => (made.ok ? made.source : null);
    for (const op of OPERATIONS)
      for (const mark of samplesOf(op).map(marked))
        for (const [at, { called, code }] of spellingsOf(op, mark.text).entries()) {
          const torch = functionOf(code);
          const kinds = { int: 'torch.LongTensor', bool: 'torch.BoolTensor' } as const;
          // What is known of the inputs does not hang on the spelling.
          const declared = Object.entries(at === 0 ? kinds : {}).map(
            ([kind, type]) => [kind, sourceOf(convert(functionOf(code, type), 'f'))] as const,
          );
          const made = convert(torch, 'f');
          const inputs = inputsOf(code);
          cases.push({
            entry: keyOf(op),
            called,
            code,
            mark,
            torch,
            inputs,
            made,
            declared: Object.fromEntries(declared),
          });
        }
    for (const [name, samples] of Object.entries(MODULE_SAMPLES))
      for (const mark of samples.map(marked)) {
        const { construction, call } = moduleSample(name, mark.text);
        const torch = moduleOf(construction, call);
        const [entry, code] = [`nn.${name}`, `${construction}; ${call}`];
        const made = convert(torch, 'Net');
        cases.push({ entry, called: entry, code, mark, torch, inputs: inputsOf(call), made, declared: {} });
      }
    const lines = cases.map(({ torch, inputs, made, declared, mark }, id) =>
      JSON.stringify({ id, torch, inputs, jax: sourceOf(made), declared, floats_only: mark.floatsOnly }),
    );
    const output = python([path.join(ROOT, 'test/translate/verify_calls.py')], lines.join('\n'));
    for (const line of output.trim().split('\n')) {
      const outcome = JSON.parse(line) as Outcome;
      outcomes.set(outcome.id, outcome);
    }
  });

  it('has samples of every entry', () => {
    const missing = OPERATIONS.filter((op) => samplesOf(op).length === 0 && !NOT_CALLED.has(keyOf(op))).map(keyOf);
    assert.deepEqual([...missing, ...[...TORCH_MODULES.keys()].filter((name) => !MODULE_SAMPLES[name])], []);
    assert.deepEqual(unused(), []);
  });

  const entries = [...OPERATIONS.map(keyOf), ...[...TORCH_MODULES.keys()].map((name) => `nn.${name}`)];
  for (const entry of entries.filter((each) => !NOT_CALLED.has(each))) {
    it(entry, () => {
      const problems: string[] = [];
      const verified = new Set<string>();
      for (const [id, each] of cases.entries()) {
        if (each.entry !== entry) continue;
        const outcome = outcomes.get(id);
        assert.ok(outcome, `${each.code} was not run`);
        if (outcome.torch_refuses !== null) continue;
        if (each.mark.refused === each.made.ok)
          problems.push(`${each.code}: ${each.made.ok ? 'not refused' : each.made.refusals[0]?.reason}`);
        else if (outcome.problem !== null) problems.push(`${each.code}: ${outcome.problem}`);
        else if (each.made.ok) verified.add(each.called);
      }
      assert.deepEqual(problems, []);
      const names = OPERATIONS.filter((op) => keyOf(op) === entry).flatMap((op) => [
        ...op.names,
        ...op.methods.map((method) => `.${method}`),
      ]);
      // A spelling that PyTorch refuses shows nothing: every name must have one that it takes.
      const expected = names.length > 0 ? names : [entry];
      assert.deepEqual(
        expected.filter((name) => !verified.has(name)),
        [],
      );
    });
  }
});
