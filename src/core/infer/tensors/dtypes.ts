/** Data types by their short names, and how many bytes an element takes. */
import type { Value } from '../values';

const NAMES: Readonly<Record<string, string>> = {
  float32: 'f32',
  float: 'f32',
  float64: 'f64',
  double: 'f64',
  float16: 'f16',
  half: 'f16',
  bfloat16: 'bf16',
  int8: 'i8',
  int16: 'i16',
  int32: 'i32',
  int: 'i32',
  int64: 'i64',
  long: 'i64',
  uint8: 'u8',
  bool: 'bool',
  complex64: 'c64',
  complex128: 'c128',
};

const BYTES: Readonly<Record<string, number>> = {
  f16: 2,
  bf16: 2,
  f32: 4,
  f64: 8,
  i8: 1,
  i16: 2,
  i32: 4,
  i64: 8,
  u8: 1,
  bool: 1,
  c64: 8,
  c128: 16,
};

/** Python's own types, by which the frameworks mean their widest. */
const BUILTIN: Readonly<Record<string, string>> = { float: 'f64', int: 'i64', bool: 'bool' };

/** The dtype that `torch.float32`, `np.float64`, `float` or `"float16"` names, or null. */
export function dtypeOf(value: Value): string | null {
  if (value.kind === 'text') return value.text === null ? null : (NAMES[value.text] ?? null);
  if (value.kind !== 'qualified') return null;
  if (value.name.startsWith('builtins.')) return BUILTIN[value.name.slice('builtins.'.length)] ?? null;
  return NAMES[value.name.split('.').at(-1) ?? ''] ?? null;
}

/** The dtype of a tensor as the value that names it, or null. */
export function dtypeValue(dtype: string | null): Value | null {
  const name = Object.keys(NAMES).find((each) => NAMES[each] === dtype);
  return name === undefined ? null : { kind: 'qualified', name: `torch.${name}` };
}

/** Bytes of an element; float32 where the dtype is not known. */
export function itemSize(dtype: string | null): number {
  return (dtype === null ? undefined : BYTES[dtype]) ?? 4;
}
