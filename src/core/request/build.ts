/** From a filled form to the request that the runner takes. */
import type { FileAnalysis } from '../analyze';
import type { FormValues } from '../../protocol/panel';
import type { Budget, InputSpec, RaceRequest, Target } from '../../protocol/request';
import type { Mode } from '../../protocol/vocabulary';
import { summarize } from '../infer/analyzeFunction';
import { unreadableComments } from '../infer/annotations/comments';
import { workOf } from './assume';
import { describeInput, readFields } from './fields';
import { subjectNamed } from './subjects';
import type { RaceSubject } from './subject';
import { syntheticProgram } from './synthetic';
import { contenders } from './variants';
import type { Contenders } from './variants';

export interface RaceOptions {
  readonly id: string;
  /** Absolute path of the reader's file; null for text that is saved nowhere. */
  readonly file: string | null;
  /** Folders that go on `sys.path` while the file is loaded. */
  readonly roots: readonly string[];
  /** `auto`, or a device id such as `cuda:0`. */
  readonly device: string;
  readonly precision: 'highest' | 'tf32';
  readonly modes: readonly Mode[];
  /** The variants to run, by name; null: all that apply. The first torch one always runs: others are compared with it. */
  readonly variants: readonly string[] | null;
  readonly budget: Budget;
  readonly seed: number;
  /** Race the products alone, without the reader's code. */
  readonly synthetic: boolean;
  /** Analyses a text that core has written or rewritten. */
  readonly analyze: (text: string) => FileAnalysis | null;
}

export type BuiltRequest =
  | { readonly ok: true; readonly request: RaceRequest; readonly left: Contenders['left'] }
  /** By field of the form (`inputs.NAME`, `init.NAME`); under an empty name what concerns the whole. */
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

export function raceRequest(
  analysis: FileAnalysis,
  subject: RaceSubject,
  values: FormValues,
  options: RaceOptions,
): BuiltRequest {
  const elsewhere = otherFramework(analysis, subject);
  if (elsewhere) {
    return { ok: false, errors: { '': `${subject.qualname} is ${elsewhere} code: a race starts from PyTorch code` } };
  }
  const facts = analysis.session.file.functionFacts(subject.key);
  const [wrong] = facts ? unreadableComments(analysis.session.file, facts) : [];
  if (wrong)
    return { ok: false, errors: { '': `the # shape: comment in line ${wrong.line} cannot be read: ${wrong.message}` } };
  if (options.synthetic) return syntheticRequest(analysis, subject, values, options);
  const fields = readFields(values);
  if (!fields.ok) return fields;
  const all = contenders(analysis, subject, values, fields.inputs, options);
  return assemble(analysis, subject, values, fields.inputs, fields.init, all, options);
}

/** The framework of a subject that multiplies in JAX or NumPy alone. */
function otherFramework(analysis: FileAnalysis, subject: RaceSubject): 'JAX' | 'NumPy' | null {
  const frameworks = new Set(summarize(analysis.session, subject.key)?.operations.map((each) => each.framework));
  if (subject.products > 0 || frameworks.has('torch')) return null;
  return frameworks.has('jax') ? 'JAX' : frameworks.has('numpy') ? 'NumPy' : null;
}

function syntheticRequest(
  analysis: FileAnalysis,
  subject: RaceSubject,
  values: FormValues,
  options: RaceOptions,
): BuiltRequest {
  const made = syntheticProgram(analysis, subject, values);
  const again = made ? options.analyze(made.text) : null;
  const products = again && made ? subjectNamed(again, made.qualname) : null;
  if (!made || !again || !products) {
    return {
      ok: false,
      errors: {
        '': `the shapes of the products in ${subject.qualname} are not known: give its inputs, or add a # shape: comment`,
      },
    };
  }
  const fields = readFields(made.values);
  if (!fields.ok) return fields;
  const place = { ...options, file: null, roots: [] };
  const all = contenders(again, products, made.values, fields.inputs, place);
  const built = assemble(again, products, made.values, fields.inputs, [], all, place);
  if (!built.ok) return built;
  const left =
    made.omitted > 0
      ? [...built.left, { variant: 'products', reason: `${made.omitted} products of unknown shape are left out` }]
      : built.left;
  return {
    ok: true,
    left,
    request: {
      ...built.request,
      target: {
        ...built.request.target,
        file: options.file,
        qualname: subject.qualname,
        line: lineOf(analysis, subject),
        synthetic: true,
      },
    },
  };
}

function assemble(
  analysis: FileAnalysis,
  subject: RaceSubject,
  values: FormValues,
  inputs: readonly InputSpec[],
  init: readonly { readonly name: string; readonly expression: string }[],
  all: Contenders,
  options: RaceOptions,
): BuiltRequest {
  const [baseline] = all.variants;
  const { variants: wanted } = options;
  const unknown = wanted?.filter((name) => !all.variants.some((each) => each.name === name)) ?? [];
  const refused = unknown.map(
    (name) => all.left.find((each) => each.variant === name) ?? { variant: name, reason: 'there is no such variant' },
  );
  const [first] = refused;
  if (first) return { ok: false, errors: { '': `${first.variant}: ${first.reason}` } };
  const variants = all.variants.filter((each) => each === baseline || !wanted || wanted.includes(each.name));
  return {
    ok: true,
    left: all.left,
    request: {
      id: options.id,
      target: targetOf(analysis, subject, inputs, init, options.file),
      programs: all.programs.filter((each) => variants.some((variant) => variant.program === each.id)),
      inputs: [...inputs],
      init: [...init],
      variants: [...variants],
      modes: [...options.modes],
      work: workOf(analysis, subject, values),
      device: options.device,
      precision: options.precision,
      seed: options.seed,
      budget: options.budget,
    },
  };
}

/** What a request is about, in words for its report. */
export function targetOf(
  analysis: FileAnalysis,
  subject: RaceSubject,
  inputs: readonly InputSpec[],
  init: readonly { readonly name: string; readonly expression: string }[],
  file: string | null,
): Target {
  return {
    file,
    qualname: subject.qualname,
    line: lineOf(analysis, subject),
    synthetic: false,
    inputs: Object.fromEntries(inputs.map((each) => [each.name, describeInput(each)])),
    init: Object.fromEntries(init.map((each) => [each.name, each.expression])),
  };
}

function lineOf(analysis: FileAnalysis, subject: RaceSubject): number {
  return analysis.session.file.lines.position(subject.start).line + 1;
}
