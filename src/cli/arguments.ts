/** Options and operands of one command, checked against what the command knows. */
import { parseArgs } from 'node:util';
import { nearest } from '../core';

export type OptionSpec =
  | { readonly type: 'boolean' }
  | { readonly type: 'string'; /** The only values. */ readonly values?: readonly string[] };

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** A flag is true or false; another option its value, or undefined where it is not given. */
export type OptionValues<Specs extends OptionSpecs> = {
  readonly [Name in keyof Specs]: Specs[Name] extends { readonly type: 'boolean' }
    ? boolean
    : Specs[Name] extends { readonly values: readonly (infer Value)[] }
      ? Value | undefined
      : string | undefined;
};

export type Parsed<Specs extends OptionSpecs> =
  | { readonly ok: true; readonly options: OptionValues<Specs>; readonly operands: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** @param argv everything after the command's name; what follows `--` are operands */
export function parseArguments<const Specs extends OptionSpecs>(specs: Specs, argv: readonly string[]): Parsed<Specs> {
  const types = Object.fromEntries(Object.entries(specs).map(([name, { type }]) => [name, { type }]));
  const { tokens } = parseArgs({ args: [...argv], options: types, strict: false, tokens: true });
  const values: Record<string, string | boolean | undefined> = Object.fromEntries(
    Object.entries(specs).map(([name, { type }]) => [name, type === 'boolean' ? false : undefined]),
  );
  const operands: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined;
    if (!spec) return { ok: false, message: unknownOption(token.rawName, Object.keys(specs)) };
    const message = problemOf(spec, token);
    if (message !== null) return { ok: false, message };
    values[token.name] = spec.type === 'boolean' ? true : token.value;
  }
  return { ok: true, options: values as OptionValues<Specs>, operands };
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function problemOf(spec: OptionSpec, { rawName, value, inlineValue }: OptionToken): string | null {
  if (spec.type === 'boolean') return value === undefined ? null : `${rawName} takes no value`;
  // `--out --yes` is a forgotten value, `--out=--yes` is meant.
  if (value === undefined || (!inlineValue && /^-./.test(value))) return `${rawName} needs a value`;
  if (!spec.values || spec.values.includes(value)) return null;
  return `${rawName} is one of ${spec.values.join(', ')}, not ${value}${suggestion(value, spec.values)}`;
}

function unknownOption(rawName: string, known: readonly string[]): string {
  const names = known.map((name) => `--${name}`);
  return `unknown option ${rawName}${suggestion(rawName, names)}`;
}

/** ` (did you mean ...?)`, or nothing. */
export function suggestion(typed: string, words: Iterable<string>): string {
  const word = nearest(typed, words);
  return word === null ? '' : ` (did you mean ${word}?)`;
}
