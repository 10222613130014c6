/** Operations as the command line prints them. */
import type { FileAnalysis } from '../analyze';
import { formatDim, numberOf } from '../infer/dims';
import type { OperationKind } from '../infer/family';
import type { Operation } from '../infer/operations';
import type { Framework } from '../infer/values';
import type { LineIndex } from '../syntax/lines';
import { sizeNames } from './sizeNames';

export interface OperandRecord {
  /** Numbers, names of symbolic sizes, null for sizes that are not known; null where the rank is not known. */
  readonly shape: readonly (number | string | null)[] | null;
  /** The last sizes, where the rank is not known and at least one of them is. */
  readonly tail?: readonly (number | string | null)[];
  readonly dtype: string | null;
}

/** Lines count from 1, columns from 0 in UTF-8 bytes, as in Python's `ast`. */
export interface OperationRecord {
  readonly line: number;
  readonly col: number;
  readonly end_line: number;
  readonly end_col: number;
  readonly op: string;
  readonly kind: OperationKind;
  readonly function: string;
  readonly operands: readonly OperandRecord[];
  readonly framework: Framework;
}

/** In the order of the text. */
export function operationRecords(analysis: FileAnalysis): readonly OperationRecord[] {
  const { file } = analysis.session;
  const lines = file.lines;
  const records = analysis.functions.flatMap((each) => {
    const origin = file.originOf(each.key);
    return each.operations.map((operation) => ({
      operation,
      start: operation.start + origin,
      end: operation.end + origin,
    }));
  });
  records.sort((a, b) => a.start - b.start || b.end - a.end);
  return records.map(({ operation, start, end }) => record(operation, start, end, lines));
}

function record(operation: Operation, start: number, end: number, lines: LineIndex): OperationRecord {
  return {
    line: lines.position(start).line + 1,
    col: lines.utf8Column(start),
    end_line: lines.position(end).line + 1,
    end_col: lines.utf8Column(end),
    op: operation.op,
    kind: operation.kind,
    function: operation.function,
    operands: operandRecords(operation),
    framework: operation.framework,
  };
}

function operandRecords(operation: Operation): readonly OperandRecord[] {
  const nameOf = sizeNames(operation);
  return operation.operands.map(({ value: { shape, dtype } }) => {
    const sizes = shape.dims.map((each) => each && (numberOf(each) ?? formatDim(each, nameOf)));
    if (!shape.open) return { shape: sizes, dtype };
    return sizes.some((each) => each !== null) ? { shape: null, tail: sizes, dtype } : { shape: null, dtype };
  });
}
