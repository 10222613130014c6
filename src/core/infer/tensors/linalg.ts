/** Decompositions and what else is done with whole matrices. Dimensions before the last two are batches. */
import { compute } from '../dims';
import type { Dim } from '../dims';
import { rankPlus } from '../ranks';
import { openShape, sameSize, shapeOf, sizeAt, UNKNOWN_SHAPE } from '../shapes';
import type { Shape, Size } from '../shapes';
import { sequence } from '../values';
import type { TensorValue } from '../values';
import type { Handler, TensorCall } from './call';
import { sameAs } from './pointwise';
import { shaped } from './reshape';

const matrixOf = (call: TensorCall): TensorValue => call.tensor(0, 'input', 'self', 'A', 'a', 'x');

/** The shape with other sizes in the place of its last two. */
function withMatrix(shape: Shape, last: readonly Size[]): Shape {
  if (!shape.open) return shape.dims.length < 2 ? UNKNOWN_SHAPE : shapeOf([...shape.dims.slice(0, -2), ...last]);
  return openShape(shape.rank && rankPlus(shape.rank, last.length - 2), [...shape.dims.slice(0, -2), ...last]);
}

function smaller(a: Size, b: Size): Size {
  return sameSize(a, b) ? a : a && b ? compute('min', [a, b]) : null;
}

function rowsAndColumns({ shape }: TensorValue): readonly [Size, Size] {
  return [sizeAt(shape, -2), sizeAt(shape, -1)];
}

/** Values and vectors of a Hermitian matrix. Those of a complex one are real. */
const eigh: Handler = (call) => {
  const source = matrixOf(call);
  const [, n] = rowsAndColumns(source);
  const values = { ...shaped(source, withMatrix(source.shape, [n])), dtype: real(source.dtype) };
  return sequence('tuple', [values, shaped(source, withMatrix(source.shape, [n, n]))]);
};

/** Values and vectors of any square matrix: complex ones. */
const eig: Handler = (call) => {
  const source = matrixOf(call);
  const [, n] = rowsAndColumns(source);
  return sequence('tuple', [
    { ...shaped(source, withMatrix(source.shape, [n])), dtype: null },
    { ...shaped(source, withMatrix(source.shape, [n, n])), dtype: null },
  ]);
};

const eigenvalues: Handler = (call) => {
  const source = matrixOf(call);
  return { ...shaped(source, withMatrix(source.shape, [sizeAt(source.shape, -1)])), dtype: real(source.dtype) };
};

function singular(source: TensorValue): TensorValue {
  const values = shaped(source, withMatrix(source.shape, [smaller(...rowsAndColumns(source))]));
  return { ...values, dtype: real(source.dtype) };
}

/** How wide the outer factors are depends on `full_matrices` and `some`, whose defaults differ. */
const svd: Handler = (call) => {
  const source = matrixOf(call);
  if (call.keywords.has('compute_uv') && call.framework !== 'torch') return singular(source);
  const [rows] = rowsAndColumns(source);
  return sequence('tuple', [
    shaped(source, withMatrix(source.shape, [rows, null])),
    singular(source),
    shaped(source, withMatrix(source.shape, [null, null])),
  ]);
};

const svdvals: Handler = (call) => singular(matrixOf(call));

const qr: Handler = (call) => {
  const source = matrixOf(call);
  // With some modes, NumPy's gives a single matrix.
  if (call.framework !== 'torch' && call.has(1, 'mode')) return shaped(source, UNKNOWN_SHAPE);
  const [rows, columns] = rowsAndColumns(source);
  return sequence('tuple', [
    shaped(source, withMatrix(source.shape, [rows, null])),
    shaped(source, withMatrix(source.shape, [null, columns])),
  ]);
};

/** A function of a square matrix that is a matrix of the same size: its inverse, its Cholesky factor. */
const square: Handler = (call) => sameAs(matrixOf(call));

const pseudoInverse: Handler = (call) => {
  const source = matrixOf(call);
  const [rows, columns] = rowsAndColumns(source);
  return shaped(source, withMatrix(source.shape, [columns, rows]));
};

/** One number for each matrix. */
const number: Handler = (call) => {
  const source = matrixOf(call);
  return shaped(source, withMatrix(source.shape, []));
};

const trace: Handler = (call) => shaped(matrixOf(call), shapeOf([]));

const axesOf = (call: TensorCall): readonly (number | null)[] => [
  call.has(2, 'dim1', 'axis1') ? call.integer(2, 'dim1', 'axis1') : 0,
  call.has(3, 'dim2', 'axis2') ? call.integer(3, 'dim2', 'axis2') : 1,
];

/** The two dimensions go, and the diagonal comes last. */
const diagonal: Handler = (call) => {
  const source = matrixOf(call);
  const { open, dims, rank } = source.shape;
  const axes = axesOf(call).map((axis) => (axis === null ? -1 : axis < 0 ? dims.length + axis : open ? -1 : axis));
  const [first = -1, second = -1] = axes;
  const length: Dim | null = call.has(1, 'offset') ? null : smaller(dims[first] ?? null, dims[second] ?? null);
  const fewer = open && rank ? rankPlus(rank, -1) : undefined;
  if (axes.some((axis) => axis < 0 || axis >= dims.length))
    return shaped(source, open ? openShape(fewer) : UNKNOWN_SHAPE);
  const sizes = [...dims.filter((_, at) => at !== first && at !== second), length];
  return shaped(source, open ? openShape(fewer, sizes) : shapeOf(sizes));
};

const diagEmbed: Handler = (call) => {
  const source = matrixOf(call);
  const { open, dims, rank } = source.shape;
  const more = open ? rank && rankPlus(rank, 1) : undefined;
  if (call.has(1, 'offset', 'dim1', 'dim2')) return shaped(source, open ? openShape(more) : UNKNOWN_SHAPE);
  const sizes = [...dims.slice(0, -1), dims.at(-1) ?? null, dims.at(-1) ?? null];
  return shaped(source, open ? openShape(more, sizes) : shapeOf(sizes));
};

const diagflat: Handler = (call) => {
  const source = matrixOf(call);
  const only = source.shape.open || source.shape.dims.length !== 1 ? null : sizeAt(source.shape, 0);
  return shaped(source, shapeOf(call.has(1, 'offset', 'k') ? [null, null] : [only, only]));
};

function real(dtype: string | null): string | null {
  return dtype?.startsWith('c') === true ? null : dtype;
}

export const LINALG: readonly (readonly [string, Handler])[] = [
  ...['eigh', 'symeig'].map((name) => [name, eigh] as const),
  ['eig', eig],
  ['eigvalsh', eigenvalues],
  ['svd', svd],
  ['svdvals', svdvals],
  ['qr', qr],
  ...['inv', 'inverse', 'cholesky', 'matrix_exp', 'cholesky_inverse'].map((name) => [name, square] as const),
  ['pinv', pseudoInverse],
  ['pinverse', pseudoInverse],
  ...['det', 'logdet'].map((name) => [name, number] as const),
  ['trace', trace],
  ['diagonal', diagonal],
  ['diag_embed', diagEmbed],
  ['diagflat', diagflat],
];
