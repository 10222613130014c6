/** What the reader has typed into the form, and which fields a kind of input has. */
import * as v from 'valibot';
import { FormValues } from '../../protocol';
import type { Dtype, FormInput, FormKind, InputForm } from '../../protocol';

/** Errors by `inputs.NAME` or `init.NAME`, as the host names them. */
const Errors = v.record(v.string(), v.string());

/** A form being filled in. `offered` is what the host prefilled: as long as it stays the same, typing is kept. */
export const FormDraft = v.object({
  file: v.string(),
  qualname: v.string(),
  offered: FormValues,
  values: FormValues,
  errors: Errors,
});
export type FormDraft = v.InferOutput<typeof FormDraft>;

export type FormField = 'shape' | 'dtype' | 'high' | 'expression';

interface KindOfInput {
  readonly label: string;
  /** How the values of such an input come about, for the line under its fields. */
  readonly meaning: string;
  readonly fields: readonly FormField[];
  readonly dtypes: readonly Dtype[];
}

export const KINDS: Readonly<Record<FormKind, KindOfInput>> = {
  float: {
    label: 'Float tensor',
    meaning: 'Seeded standard normal values.',
    fields: ['shape', 'dtype'],
    dtypes: ['f16', 'bf16', 'f32', 'f64', 'c64', 'c128'],
  },
  index: {
    label: 'Index tensor',
    meaning: 'Seeded integers from 0 up to, but not including, the bound.',
    fields: ['shape', 'high', 'dtype'],
    dtypes: ['i64', 'i32', 'i16', 'i8', 'u8'],
  },
  mask: {
    label: 'Mask',
    meaning: 'Seeded booleans; every row along the last axis keeps at least one true.',
    fields: ['shape'],
    dtypes: ['bool'],
  },
  expression: {
    label: 'Python expression',
    meaning: 'Evaluated once, with torch and math in scope.',
    fields: ['expression'],
    dtypes: [],
  },
  literal: {
    label: 'Literal',
    meaning: 'A number, string, bool, None, or a tuple of these, passed as it stands.',
    fields: ['expression'],
    dtypes: [],
  },
  default: {
    label: 'Default',
    meaning: 'Not passed: the function’s own default holds.',
    fields: [],
    dtypes: [],
  },
};

const DTYPE_NAMES: Readonly<Record<Dtype, string>> = {
  f16: 'float16',
  bf16: 'bfloat16',
  f32: 'float32',
  f64: 'float64',
  i8: 'int8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  u8: 'uint8',
  bool: 'bool',
  c64: 'complex64',
  c128: 'complex128',
};

const USUAL_DTYPE: Readonly<Partial<Record<FormKind, Dtype>>> = { float: 'f32', index: 'i64', mask: 'bool' };

export function dtypeName(dtype: Dtype): string {
  return DTYPE_NAMES[dtype];
}

/** The draft for a form as the host sent it; what was typed survives unless the host offers other values. */
export function draftFor(form: InputForm, previous: FormDraft | null): FormDraft {
  const { file, qualname, errors } = form;
  const offered: FormValues = { inputs: form.inputs, init: form.init };
  const same =
    previous?.file === file &&
    previous.qualname === qualname &&
    JSON.stringify(previous.offered) === JSON.stringify(offered);
  return { file, qualname, offered, values: same ? previous.values : offered, errors: { ...errors } };
}

/** The input with another kind, and with a dtype that this kind can have. */
export function withKind(input: FormInput, kind: FormKind): FormInput {
  const { dtypes } = KINDS[kind];
  const dtype = dtypes.includes(input.dtype) ? input.dtype : (USUAL_DTYPE[kind] ?? input.dtype);
  return { ...input, kind, dtype };
}

/** The text field that an input's error most likely means: the first one left empty, else the first one. */
export function faultyField(input: FormInput): Exclude<FormField, 'dtype'> | null {
  const fields = KINDS[input.kind].fields.filter((field) => field !== 'dtype');
  return fields.find((field) => input[field].trim() === '') ?? fields[0] ?? null;
}

/** What an edit of one input changes. */
export type InputEdit = Partial<Pick<FormInput, FormField | 'kind'>>;

/** The draft after an edit of one input; an error of that input no longer holds. */
export function withInput(draft: FormDraft, name: string, edit: InputEdit): FormDraft {
  const inputs = draft.values.inputs.map((each) => (each.name === name ? edited(each, edit) : each));
  return { ...draft, values: { ...draft.values, inputs }, errors: without(draft.errors, `inputs.${name}`) };
}

function edited(input: FormInput, { kind, ...fields }: InputEdit): FormInput {
  const changed = { ...input, ...fields };
  return kind === undefined ? changed : withKind(changed, kind);
}

/** The draft after one constructor argument was edited. */
export function withInit(draft: FormDraft, name: string, expression: string): FormDraft {
  const init = draft.values.init.map((each) => (each.name === name ? { ...each, expression } : each));
  return { ...draft, values: { ...draft.values, init }, errors: without(draft.errors, `init.${name}`) };
}

function without(errors: Readonly<Record<string, string>>, key: string): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).filter(([each]) => each !== key));
}
