/** Shapes of results, to stand behind the operations that give them. */
import type { FileAnalysis } from '../analyze';
import { isCall } from '../infer/operations';
import { formatShape } from '../infer/shapes';

export interface ShapeLabel {
  /** Offset behind which it stands. */
  readonly at: number;
  readonly label: string;
}

/** In the order of the text; operations of whose result nothing is known have none. */
export function shapeLabels(analysis: FileAnalysis): readonly ShapeLabel[] {
  const { file } = analysis.session;
  const labels = analysis.functions.flatMap((each) =>
    each.operations
      .filter((operation) => isCall(operation) && operation.result.dims.some((size) => size !== null))
      .map((operation) => ({ at: operation.end + file.originOf(each.key), label: formatShape(operation.result) })),
  );
  return labels.sort((a, b) => a.at - b.at);
}
