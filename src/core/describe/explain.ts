/** What an operation does and costs, for the hover. */
import type { FileAnalysis } from '../analyze';
import { formatCount } from '../../protocol/format';
import { constant, formatDim, multiply, numberOf } from '../infer/dims';
import type { Dim } from '../infer/dims';
import { isCall } from '../infer/operations';
import type { Operand, Operation } from '../infer/operations';
import { certainNumber } from '../infer/totals';
import { moduleAttribute } from '../infer/evaluate/names';
import { formatShape } from '../infer/shapes';
import type { Span } from '../lower/ir';
import { learnedPlaces, WEIGHT } from './learned';
import type { LearnedPlace } from './learned';
import { markdownCode, markdownText } from './markdown';
import { sizeNames } from './sizeNames';

export interface Explanation extends Span {
  readonly markdown: string;
}

/** The innermost operation that stands at an offset of the file. */
export function operationAt(
  analysis: FileAnalysis,
  offset: number,
): { readonly operation: Operation; readonly origin: number } | null {
  const { file } = analysis.session;
  let best: { operation: Operation; origin: number } | null = null;
  for (const each of analysis.functions) {
    const origin = file.originOf(each.key);
    for (const operation of each.operations) {
      if (operation.start + origin > offset || operation.end + origin < offset) continue;
      if (!best || operation.end - operation.start < best.operation.end - best.operation.start)
        best = { operation, origin };
    }
  }
  return best;
}

/**
 * How the reader knows a line, and its address. In a notebook lines are counted in their cell.
 * @param file the id of another file; null for the one that is analysed
 * @param line counted from 1
 */
export type PlaceOfLine = (file: string | null, line: number) => { readonly line: number; readonly link: string };

/**
 * Operands with their shapes, the result, the cost of one execution, and where each size was learned.
 * @param placeOfLine null: lines are named as they are, without links
 * @returns null where no operation stands
 */
export function explainAt(
  analysis: FileAnalysis,
  offset: number,
  placeOfLine: PlaceOfLine | null = null,
): Explanation | null {
  const found = operationAt(analysis, offset);
  if (!found) return null;
  const { operation, origin } = found;
  const source = (span: Span): string => analysis.session.file.text.slice(span.start + origin, span.end + origin);
  const nameOf = sizeNames(operation);
  const rows = shownOperands(operation).map(({ expr, value }) => {
    const name = expr ? markdownCode(source(expr)) : 'weight';
    const known =
      value.shape.open && value.shape.dims.length === 0
        ? 'shape unknown'
        : markdownCode(formatShape(value.shape, nameOf));
    return `- ${name}: ${known}${value.dtype === null ? '' : ` ${value.dtype}`}`;
  });
  const parts = [
    heading(operation, nameOf),
    ...(rows.length > 0 ? [rows.join('\n')] : []),
    ...costLines(operation, nameOf),
    ...reasons(learnedPlaces(analysis.session, operation, shownOperands(operation)), placeOfLine),
  ];
  return { markdown: parts.join('\n\n'), start: operation.start + origin, end: operation.end + origin };
}

/** What an operation works on; for the construction of a module, the weight that it gets. */
function shownOperands(operation: Operation): readonly Operand[] {
  if (isCall(operation)) return operation.operands;
  const weight = operation.module && moduleAttribute(operation.module, 'weight');
  return weight?.kind === 'tensor' ? [{ expr: null, value: weight }] : [];
}

/** More of them are no explanation. */
const MOST_REASONS = 6;

function reasons(places: readonly LearnedPlace[], placeOfLine: PlaceOfLine | null): readonly string[] {
  if (places.length === 0) return [];
  const rows = places.slice(0, MOST_REASONS).map(({ file, line, text, sizes, isDefault }) => {
    const place = placeOfLine?.(file, line);
    const name = markdownText(`${file === null ? '' : `${fileName(file)}, `}line ${place?.line ?? line}`);
    const where = place ? `[${name}](${place.link})` : name;
    const what = sizes.map((each) => (each === WEIGHT ? each : markdownCode(each))).join(', ');
    return `- ${what}: ${where} ${markdownCode(text)}${isDefault ? ', a default' : ''}`;
  });
  return [`Learned from\n${rows.join('\n')}`];
}

function fileName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

type NameOf = ReturnType<typeof sizeNames>;

function heading(operation: Operation, nameOf: NameOf): string {
  const result = operation.result;
  const shape =
    isCall(operation) && !(result.open && result.dims.length === 0)
      ? ` → ${markdownCode(formatShape(result, nameOf))}`
      : '';
  const what = isCall(operation) ? operation.op : `${operation.op}, constructed here`;
  return `**${what === '@' ? 'matmul `@`' : what}** · ${operation.framework}${shape}`;
}

function costLines(operation: Operation, nameOf: NameOf): readonly string[] {
  const { flops, bytes } = operation.work;
  const trips = operation.loops.map((each) => each.trips);
  const lines: string[] = [];
  if (flops) {
    // Bytes of an unknown dtype are counted as float32's.
    const assumed = operation.operands.every((each) => each.value.dtype === null) ? ', if float32' : '';
    const moved = bytes ? [`at least ${costText(bytes, 'B', nameOf)} moved${assumed}`] : [];
    const cost = [costText(flops, 'FLOP', nameOf), ...moved];
    const intensity = flops && bytes ? ratio(flops, bytes) : null;
    if (intensity !== null) cost.push(`${intensity} FLOP/B`);
    lines.push(cost.join(' · '));
  }
  if (trips.length > 0) {
    const total = trips.reduce<Dim | null>(
      (known, each) => (known && each ? multiply(known, each) : null),
      constant(1),
    );
    lines.push(total ? `in a loop, ${markdownCode(formatDim(total))} times` : 'in a loop');
  }
  return lines;
}

/** A cost as a count with its unit, or as a formula of the sizes that are not known. */
export function costText(cost: Dim, unit: string, nameOf?: NameOf): string {
  const exact = numberOf(cost);
  if (exact !== null) return formatCount(exact, unit);
  const value = certainNumber(cost);
  const formula = markdownCode(formatDim(cost, nameOf));
  return value === null ? `${formula} ${unit}` : `${formatCount(value, unit)} with the defaults (${formula})`;
}

function ratio(flops: Dim, bytes: Dim): string | null {
  const a = certainNumber(flops);
  const b = certainNumber(bytes);
  return a === null || b === null || b === 0 ? null : String(Number((a / b).toPrecision(3)));
}
