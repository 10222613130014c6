/** Requests to the runner that try code with a fix against the code as written. */
import type { FileAnalysis } from '../analyze';
import type { FormValues } from '../../protocol/panel';
import { DEFAULT_BUDGET } from '../../protocol/request';
import type { Budget, Program, RaceRequest, VariantSpec } from '../../protocol/request';
import { targetOf } from '../request/build';
import { workOf } from '../request/assume';
import { readFields } from '../request/fields';
import type { RaceSubject } from '../request/subject';
import { applyEdits } from '../rules/edits';
import type { Fix } from '../rules/finding';
import { verificationCases } from './cases';
import type { VerificationCase } from './cases';

/** Names of the two variants. */
export const AS_WRITTEN = 'as-written';
export const FIXED = 'fixed';

/** Outputs are compared before anything is timed; what follows is as short as the runner allows. */
const BUDGET: Budget = {
  ...DEFAULT_BUDGET,
  measure_s: 0.01,
  min_rounds: 4,
  max_rounds: 4,
  compile_s: 20,
  block_s: 10,
  total_s: 60,
};

export interface VerifyOptions {
  /** Begins the ids of the requests. */
  readonly id: string;
  /** Absolute path of the reader's file; null for text that is saved nowhere. */
  readonly file: string | null;
  /** Folders that go on `sys.path` while the file is loaded. */
  readonly roots: readonly string[];
  /** `auto`, or a device id such as `cuda:0`. */
  readonly device: string;
  readonly seed: number;
}

export type VerifyRequests =
  | { readonly ok: true; readonly cases: readonly { readonly label: string; readonly request: RaceRequest }[] }
  /** Continues a sentence that begins with the subject's name. */
  | { readonly ok: false; readonly reason: string };

/** @param values the subject's inputs and constructor arguments, as a race takes them */
export function verifyRequests(
  analysis: FileAnalysis,
  subject: RaceSubject,
  values: FormValues,
  fix: Fix,
  options: VerifyOptions,
): VerifyRequests {
  const fields = readFields(values);
  if (!fields.ok) return { ok: false, reason: Object.values(fields.errors)[0] ?? 'has inputs that cannot be read' };
  const { text } = analysis.session.file;
  const fixed = applyEdits(text, [fix]);
  const cases = verificationCases(fields.inputs).map((each, at) => {
    const programs = [program(AS_WRITTEN, text, subject, each, options), program(FIXED, fixed, subject, each, options)];
    const request: RaceRequest = {
      id: `${options.id}-${at}`,
      target: targetOf(analysis, subject, each.inputs, fields.init, options.file),
      programs,
      inputs: [...each.inputs],
      init: [...fields.init],
      variants: [variant(AS_WRITTEN, 'As written'), variant(FIXED, 'With the fix')],
      modes: [...each.modes],
      work: workOf(analysis, subject, values),
      device: options.device,
      precision: 'highest',
      seed: options.seed,
      budget: BUDGET,
    };
    return { label: each.label, request };
  });
  return { ok: true, cases };
}

function variant(name: string, label: string): VariantSpec {
  const source = 'variant = target\n';
  return { name, framework: 'torch', label, program: name, source, takes_params: false, compiled: false, flops: null };
}

function program(
  id: string,
  text: string,
  subject: RaceSubject,
  { inputs, strided }: VerificationCase,
  { file, roots }: VerifyOptions,
): Program {
  const given = inputs.filter((each) => each.kind !== 'default').map(({ name }) => name);
  // What collects arguments has names that nobody can pass by.
  const wrapped =
    strided && given.every((each) => /^[A-Za-z_]\w*$/.test(each)) ? withStrides(text, subject, given) : null;
  return {
    id,
    file,
    text: wrapped?.text ?? text,
    qualname: wrapped?.qualname ?? subject.qualname,
    roots: [...roots],
  };
}

const STRIDED = '_matmul_lens_strided';
const CASE = '_MatmulLensCase';

/** The subject behind a definition that hands its tensors on with strides of their own. */
function withStrides(
  text: string,
  { kind, qualname }: RaceSubject,
  names: readonly string[],
): { readonly text: string; readonly qualname: string } {
  const helper = `def ${STRIDED}(value):
    import torch

    if not isinstance(value, torch.Tensor) or value.ndim < 2:
        return value
    return value.transpose(-1, -2).contiguous().transpose(-1, -2)
`;
  const parameters = names.map((each) => `${each}=None`).join(', ');
  const handed = names.map((each) => `${each}=${STRIDED}(${each})`).join(', ');
  const [owner = '', method = 'forward'] = qualname.split('.');
  const wrapper =
    kind === 'function'
      ? `def ${CASE}(${parameters}):\n    return ${qualname}(${handed})\n`
      : `class ${CASE}(${owner}):\n    def ${method}(self, ${parameters}):\n        return super().${method}(${handed})\n`;
  const name = kind === 'method' ? `${CASE}.${method}` : CASE;
  return { text: `${text}\n\n${helper}\n\n${wrapper}`, qualname: name };
}
