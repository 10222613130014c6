/** A function's products alone, as a program that core writes: for readers whose own code may not, or cannot, run. */
import type { FileAnalysis } from '../analyze';
import type { FormInput, FormValues } from '../../protocol/panel';
import type { Dtype } from '../../protocol/vocabulary';
import { summarize } from '../infer/analyzeFunction';
import type { Dim } from '../infer/dims';
import { isOwnProduct } from '../infer/operations';
import type { Operation } from '../infer/operations';
import type { Session } from '../infer/session';
import type { FunctionAnalysis } from '../infer/summary';
import { certainNumber } from '../infer/totals';
import { analyzeWith } from './assume';
import type { RaceSubject } from './subject';

export interface Synthetic {
  readonly text: string;
  readonly qualname: string;
  readonly values: FormValues;
  /** Products that were left out, since their shapes are not known or their form has no equivalent here. */
  readonly omitted: number;
}

const NAME = 'products';
const MOST_SITES = 24;
const MAX_DEPTH = 8;

interface Site {
  readonly call: (names: readonly string[]) => string;
  readonly shapes: readonly (readonly number[])[];
  readonly dtype: Dtype;
}

/** @returns null where no product's shapes are known */
export function syntheticProgram(analysis: FileAnalysis, subject: RaceSubject, values: FormValues): Synthetic | null {
  const run = analyzeWith(analysis, subject, values);
  if (!run) return null;
  const operations = collect(analysis.session, run, (dim) => dim, 0);
  const sites = operations.map(siteOf).filter((each) => each !== null);
  const used = sites.slice(0, MOST_SITES);
  if (used.length === 0) return null;
  const inputs: FormInput[] = [];
  const results = used.map(({ call, shapes, dtype }, at) => {
    const names = shapes.map((shape, operand) => {
      const name = `${'abc'[operand] ?? 'd'}${at}`;
      inputs.push(floatInput(name, shape, dtype));
      return name;
    });
    return `        ${call(names)},`;
  });
  const parameters = inputs.map((each) => each.name).join(', ');
  const text = `import torch
import torch.nn.functional as F


def ${NAME}(${parameters}):
    return (
${results.join('\n')}
    )
`;
  return { text, qualname: NAME, values: { inputs, init: [] }, omitted: operations.length - used.length };
}

function floatInput(name: string, shape: readonly number[], dtype: Dtype): FormInput {
  return {
    name,
    kind: 'float',
    shape: shape.join(', '),
    dtype,
    high: '',
    expression: '',
    learned: 'the product of this shape',
  };
}

interface Placed {
  readonly operation: Operation;
  readonly translate: (dim: Dim) => Dim | null;
}

/** The products of a function and of those that it calls, with sizes in its own terms. */
function collect(
  session: Session,
  run: FunctionAnalysis,
  translate: (dim: Dim) => Dim | null,
  depth: number,
): readonly Placed[] {
  const own = run.operations.filter(isOwnProduct).map((operation) => ({ operation, translate }));
  if (depth >= MAX_DEPTH) return own;
  return [
    ...own,
    ...run.calls.flatMap((call) => {
      const called = summarize(session, call.key);
      const through = (dim: Dim): Dim | null => {
        const outer = call.translate(dim);
        return outer ? translate(outer) : null;
      };
      return called ? collect(session, called, through, depth + 1) : [];
    }),
  ];
}

function siteOf({ operation, translate }: Placed): Site | null {
  const shapes = operation.operands.map(({ value }) => {
    if (value.shape.open) return null;
    const sizes = value.shape.dims.map((each) => (each ? certainNumber(translate(each)) : null));
    return sizes.every((each) => each !== null) ? sizes : null;
  });
  if (!shapes.every((each) => each !== null)) return null;
  const known = operation.operands.find((each) => each.value.dtype !== null)?.value.dtype;
  const dtype: Dtype = known === 'f64' || known === 'f16' || known === 'bf16' ? known : 'f32';
  const call = formOf(operation, shapes.length);
  return call ? { call, shapes, dtype } : null;
}

function formOf(operation: Operation, operands: number): Site['call'] | null {
  switch (operation.op) {
    case '@':
    case 'matmul':
    case 'mm':
    case 'bmm':
    case 'mv':
      return operands === 2 ? ([a, b]) => `torch.matmul(${a ?? ''}, ${b ?? ''})` : null;
    case 'linear':
      return operands === 2 ? ([x, w]) => `F.linear(${x ?? ''}, ${w ?? ''})` : null;
    case 'scaled_dot_product_attention':
      return operands === 3 ? (names) => `F.scaled_dot_product_attention(${names.join(', ')})` : null;
    case 'einsum': {
      const [subscripts] = operation.expr.kind === 'call' ? operation.expr.args : [];
      const text = subscripts?.value.kind === 'string' ? subscripts.value.value : null;
      return text === null || !/^[A-Za-z,\s.>-]+$/.test(text)
        ? null
        : (names) => `torch.einsum("${text}", ${names.join(', ')})`;
    }
    default:
      return null;
  }
}
