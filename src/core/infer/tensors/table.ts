/** Every tensor function and method whose result is described, by its bare name. */
import type { Handler } from './call';
import { LINALG } from './linalg';
import { PIECES } from './pieces';
import { POINTWISE } from './pointwise';
import { REDUCE_AND_CREATE } from './reduce';
import { RESHAPE } from './reshape';

const TABLE: ReadonlyMap<string, Handler> = new Map([
  ...POINTWISE,
  ...RESHAPE,
  ...PIECES,
  ...REDUCE_AND_CREATE,
  ...LINALG,
]);

/** What a function of this bare name does to shapes, or null. */
export function handlerOf(name: string): Handler | null {
  return TABLE.get(name) ?? null;
}

/** Modules under which the frameworks keep tensor functions. */
const FUNCTION_MODULES =
  /^(?:torch|torch\.nn\.functional|torch\.linalg|torch\.special|torch\.Tensor|numpy|numpy\.random|numpy\.linalg|jax\.numpy|jax\.nn|jax\.lax|jax\.random)\.(\w+)$/;

/** The bare name of a tensor function, or null for other names of a framework. */
export function tensorFunction(qualified: string): string | null {
  return FUNCTION_MODULES.exec(qualified)?.[1] ?? null;
}

/** Functions of the frameworks that give no tensor. */
const NO_TENSOR =
  /^(?:is_\w+|device|compile|no_grad|enable_grad|inference_mode|set_\w+|manual_seed|Generator|dtype|finfo|iinfo|result_type|promote_types|get_\w+|save|load|jit|vmap|grad|value_and_grad|pmap|checkpoint|typename|numel|seed|errstate|seterr|Size)$/;

export function givesTensor(name: string): boolean {
  return !NO_TENSOR.test(name);
}
