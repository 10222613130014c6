/** To which framework an operator on values of unknown kind belongs, by what the code around it speaks of. */
import type { FileModel } from './model';
import type { Framework } from './values';

const SPEAKS_TORCH = /\btorch\b|\bTensor\b|\bnn\.|\bF\./;
const SPEAKS_NUMPY = /\b(?:np|numpy)\.|\bndarray\b/;
const SPEAKS_JAX = /\b(?:jnp|jax|lax)\.|\bjax\b/;

/** @param text the source of the function, or of the whole file for its top level */
export function frameworkForFile(file: FileModel, text: string): Framework | null {
  const { frameworks } = file.scope;
  const [only, second] = frameworks;
  if (!only) return null;
  if (!second) return only;
  const spoken = [
    frameworks.has('torch') && SPEAKS_TORCH.test(text) ? ('torch' as const) : null,
    frameworks.has('jax') && SPEAKS_JAX.test(text) ? ('jax' as const) : null,
    frameworks.has('numpy') && SPEAKS_NUMPY.test(text) ? ('numpy' as const) : null,
  ].filter((each) => each !== null);
  return spoken[0] ?? (frameworks.has('torch') ? 'torch' : only);
}
