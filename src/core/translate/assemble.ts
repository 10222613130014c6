/** Writes programs as one Python file. */
import type { Config } from './config';
import { convertingFunctions, usesLists } from './conversions';
import type { ModuleNames } from './conversions';
import type { NameSupply } from './nameSupply';
import { PRELUDE } from './prelude';
import { flat, laidOut } from './print';
import type { Program } from './program';
import { printFunction } from './printStatements';
import type { Structure } from './structure';

/** A program, with the names of what converts weights where it is a module's. */
export interface Part {
  readonly program: Program;
  readonly module: ModuleNames | null;
  /** What the module is made of, where its weights cannot be taken without looking. */
  readonly structure: Structure | null;
}

export function assemble(parts: readonly Part[], names: NameSupply): string {
  const constants = new Map(parts.flatMap(({ program }) => [...program.constants]));
  const constantLines = [...constants].map(([name, value]) => laidOut(`${name} = `, value, 0));
  const written = parts.flatMap(({ program, module, structure }) => [
    ...(module && program.config.fields.length > 0 ? [configClass(program.config, module)] : []),
    ...program.written().map(printFunction),
    ...(module ? convertingFunctions(program, module, structure) : []),
  ]);
  const shared = parts.some(({ program, module }) => module && usesLists(program)) ? [LISTS] : [];
  const blocks = [...preludeSources(names), ...shared, ...written];
  const text = blocks.join('\n\n\n');
  const head = imports([constantLines.join('\n'), text].join('\n'));
  const sections = [head, constantLines.join('\n')].filter((each) => each !== '').join('\n\n');
  return `${sections}${sections === '' ? '' : '\n\n\n'}${text}\n`;
}

const LISTS = `
def lists_of_layers(node):
    """Make lists of the children that a state_dict numbers; gaps have no weights."""
    if not isinstance(node, dict):
        return node
    node = {key: lists_of_layers(child) for key, child in node.items()}
    if not node or not all(key.isdigit() for key in node):
        return node
    return [node.get(str(at), {}) for at in range(max(map(int, node)) + 1)]
`.trim();

/** The functions of the prelude in use, callees first, under the names that they have in this file. */
function preludeSources(names: NameSupply): readonly string[] {
  return [...names.prelude.keys()].map((helper) => {
    let source = PRELUDE[helper]?.source ?? '';
    for (const [name, renamed] of names.prelude)
      if (name !== renamed) source = source.replace(new RegExp(`(?<![."\\w])${name}(?=\\()`, 'g'), renamed);
    return source;
  });
}

/** Only what the code uses is imported. */
function imports(text: string): string {
  const code = text.replace(/"""[\s\S]*?"""|#[^\n]*/g, '');
  const uses = (name: string): boolean => new RegExp(`(?<![."\\w])${name}\\.`).test(code);
  const standard = [
    uses('math') ? 'import math' : null,
    code.includes('@dataclass(') ? 'from dataclasses import dataclass' : null,
  ];
  const jax = [uses('jax') ? 'import jax' : null, uses('jnp') ? 'import jax.numpy as jnp' : null];
  return [standard, jax]
    .map((group) => group.filter((line) => line !== null).join('\n'))
    .filter((group) => group !== '')
    .join('\n\n');
}

function configClass(config: Config, { className, config: name }: ModuleNames): string {
  const fields = config.fields.map((field) => ({ field, value: config.defaultOf(field) }));
  // Fields with defaults come last.
  const ordered = [...fields.filter(({ value }) => !value), ...fields.filter(({ value }) => value)];
  return [
    '@jax.tree_util.register_static',
    '@dataclass(frozen=True)',
    `class ${name}:`,
    `    """What the constructor of ${className} fixed; static to jax.jit."""`,
    '',
    ...ordered.map(({ field, value }) => `    ${field.name}: object${value ? ` = ${flat(value)}` : ''}`),
  ].join('\n');
}
