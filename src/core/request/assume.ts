/** A function evaluated with the arguments of a form: what its operations cost with these sizes. */
import type { FileAnalysis } from '../analyze';
import type { FormInput, FormValues } from '../../protocol/panel';
import type { Work } from '../../protocol/request';
import { analyzeFunction, summarize } from '../infer/analyzeFunction';
import { constant, numberOf } from '../infer/dims';
import { shapeOf } from '../infer/shapes';
import type { FunctionAnalysis } from '../infer/summary';
import { certainNumber, totalsOf } from '../infer/totals';
import { numeral, sequenceOf } from '../infer/values';
import type { TensorValue, Value } from '../infer/values';
import type { Span } from '../lower/ir';
import { parseSizes } from './fields';
import { signatureOf } from './signature';
import type { RaceSubject } from './subject';

/** What a subject does when it is called so; null where its body cannot be read. */
export function analyzeWith(
  analysis: FileAnalysis,
  subject: RaceSubject,
  values: FormValues,
  inputs: ReadonlyMap<string, Value> = inputValues(analysis, values),
): FunctionAnalysis | null {
  const { session } = analysis;
  const facts = session.file.functionFacts(subject.key);
  if (!facts) return null;
  const given = new Map([...initValues(analysis, subject, values)]);
  return analyzeFunction(session, facts, { parameters: inputs, init: given });
}

/** Counts of one forward call. Sizes that stay open make them null. */
export function workOf(analysis: FileAnalysis, subject: RaceSubject, values: FormValues): Work {
  const run = analyzeWith(analysis, subject, values);
  if (!run) return { flops: null, bytes: null, products: subject.products };
  const { flops, bytes, products } = totalsOf(analysis.session, run);
  return { flops: certainNumber(flops), bytes: certainNumber(bytes), products };
}

export function inputValues(analysis: FileAnalysis, values: FormValues): ReadonlyMap<string, Value> {
  const known = new Map<string, Value>();
  for (const each of values.inputs) {
    const value = inputValue(analysis, each);
    if (value) known.set(each.name, value);
  }
  return known;
}

function inputValue(analysis: FileAnalysis, input: FormInput): Value | null {
  switch (input.kind) {
    case 'float':
    case 'index':
    case 'mask':
      return tensorOf(input);
    case 'literal':
    case 'expression':
      return expressionValue(analysis, input.expression);
    case 'default':
      return null;
  }
}

function tensorOf(input: FormInput): TensorValue | null {
  const sizes = parseSizes(input.shape);
  if (!sizes) return null;
  return {
    kind: 'tensor',
    framework: 'torch',
    shape: shapeOf(sizes.map(constant)),
    dtype: input.kind === 'mask' ? 'bool' : input.dtype,
    parameter: input.name,
  };
}

/** Constructor arguments as far as they are numbers; those left empty have their defaults. */
function initValues(analysis: FileAnalysis, subject: RaceSubject, values: FormValues): ReadonlyMap<string, Value> {
  const known = new Map<string, Value>();
  const { init } = signatureOf(analysis, subject);
  for (const parameter of init) {
    const row = values.init.find((each) => each.name === parameter.name);
    const said = row && row.expression.trim() !== '' ? expressionValue(analysis, row.expression) : null;
    if (said) known.set(parameter.name, said);
    else if (parameter.default) {
      const byDefault = expressionValue(analysis, sourceOf(analysis, parameter.default));
      if (byDefault) known.set(parameter.name, byDefault);
    }
  }
  const all = values.init.find((each) => each.name === '*');
  const items = all ? itemsOf(analysis, all.expression.trim().replace(/\(\)$/, '')) : null;
  items?.forEach((value, at) => {
    const parameter = init[at];
    if (parameter) known.set(parameter.name, value);
  });
  return known;
}

function sourceOf({ session }: FileAnalysis, span: Span): string {
  return session.file.text.slice(span.start, span.end);
}

/** Numbers, names of the file's constants, and items of the file's own `get_inputs()`; null for anything else. */
export function expressionValue(analysis: FileAnalysis, expression: string): Value | null {
  const text = expression.trim();
  if (/^-?\d[\d_]*(?:\.\d+)?$/.test(text)) return numeral(constant(Number(text.replaceAll('_', ''))));
  const item = /^(get_inputs|get_init_inputs)\(\)\[(\d+)\]$/.exec(text);
  if (item) return itemsOf(analysis, item[1] ?? '')?.[Number(item[2])] ?? null;
  const binding = analysis.session.file.scope.lookup(text).find((each) => each.kind === 'value');
  if (binding?.value.kind === 'number') return numeral(constant(binding.value.value));
  return null;
}

function itemsOf(analysis: FileAnalysis, name: string): readonly Value[] | null {
  const binding = analysis.session.file.scope.lookup(name).find((each) => each.kind === 'function');
  const returned = binding ? summarize(analysis.session, binding.key)?.returned : undefined;
  return returned ? (sequenceOf(returned)?.items ?? null) : null;
}

/** The sizes of a tensor as numbers, or null. */
export function knownSizes(value: Value): readonly number[] | null {
  if (value.kind !== 'tensor' || value.shape.open) return null;
  const sizes = value.shape.dims.map((each) => (each ? numberOf(each) : null));
  return sizes.every((each) => each !== null) ? sizes : null;
}
