/** Whether the numbers of a tensor may lie in another order than that of its dimensions. */
import type { Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import { definitionOf } from './definitions';
import { meaningOf } from './meaning';
import { torchCallOf } from './torchCall';

const TRANSPOSES = /^(?:t|transpose|permute|swapaxes|swapdims|adjoint|moveaxis|movedim|expand)$/;
/** LAPACK gives its matrices column by column. */
const BY_COLUMNS = /^(?:linalg\.)?(?:eigh|eig|svd|qr|solve|cholesky|symeig)$/;

/** It is seen to: what a function is given is taken to be as it should. */
export function isSeenTransposed(scene: FunctionScene, expr: Expr): boolean {
  const value = meaningOf(scene, expr);
  if (value.kind === 'attribute') return /^m?[TH]$/.test(value.name);
  const source = value.kind === 'subscript' ? value.object : (unpackedFrom(scene, value) ?? value);
  if (source.kind !== 'call') return false;
  const name = torchCallOf(scene, source)?.name ?? (source.callee.kind === 'attribute' ? source.callee.name : '');
  return TRANSPOSES.test(name) || BY_COLUMNS.test(name);
}

/** The call of which a name is one of the results. */
function unpackedFrom(scene: FunctionScene, expr: Expr): Expr | null {
  if (expr.kind !== 'name') return null;
  const found = definitionOf(scene, expr.name, expr);
  return found?.kind === 'value' ? found.value : null;
}
