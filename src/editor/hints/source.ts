/** Who says it, beside each diagnostic. */
export const SOURCE = 'Matmul Lens';
