/** Translates functions and modules of a file to JAX, or says why not. */
import type { FileAnalysis } from '../analyze';
import type { Span } from '../lower/ir';
import { assemble } from './assemble';
import type { Part } from './assemble';
import type { ModuleNames } from './conversions';
import { TOO_MUCH } from './effort';
import { constructorArguments } from './entry';
import { freeNames } from './freeNames';
import { NameSupply } from './nameSupply';
import { Program } from './program';
import { name as nameOf } from './python';
import type { Refusal } from './refusal';
import { snakeCase, subjectNamed, subjectsOf } from './subjects';
import type { Subject } from './subjects';
import { structureOf } from './structure';
import type { Structure } from './structure';

export type { Refusal } from './refusal';

export type Conversion =
  | {
      readonly ok: true;
      /** One importable Python file. */
      readonly source: string;
      /** The function to call. */
      readonly entry: string;
      /** It is called as `entry(params, *inputs)`. */
      readonly takesParams: boolean;
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

export interface ConversionOptions {
  /**
   * The constructor's arguments, Python expressions by parameter. Where it is given, the program has to hold all
   * that it needs: `params_from_state_dict(state)` works without the torch module.
   */
  readonly init?: ReadonlyMap<string, string>;
}

export interface FileConversion {
  /** One file with all that could be translated; null where nothing could. */
  readonly source: string | null;
  readonly converted: readonly string[];
  readonly refused: readonly { readonly qualname: string; readonly refusals: readonly Refusal[] }[];
}

/**
 * Converts `f`, `Class`, or `Class.method`.
 * @returns null where the file has no such definition
 */
export function convertToJax(
  analysis: FileAnalysis,
  qualname: string,
  options: ConversionOptions = {},
): Conversion | null {
  const { file } = analysis.session;
  const subject = subjectNamed(file, qualname);
  if (!subject) return null;
  const names = new NameSupply(file, ['model', ...Object.values(MODULE_NAMES)]);
  const part = translate(
    analysis,
    subject,
    names,
    subject.kind === 'function' ? subject.name : 'model',
    MODULE_NAMES,
    options,
  );
  if (part.kind === 'refused') return { ok: false, refusals: part.refusals };
  return {
    ok: true,
    source: assemble([part], names),
    entry: part.entry,
    takesParams: part.module !== null,
    notes: [...part.program.notes],
  };
}

/** Converts all that can be: every function of the top level, and every module that is no part of another. */
export function convertFile(analysis: FileAnalysis): FileConversion {
  const { file } = analysis.session;
  const subjects = subjectsOf(file);
  const modules = subjects.filter((each) => each.kind === 'module');
  const reserved = modules.length === 1 ? ['model', ...Object.values(MODULE_NAMES)] : [];
  const names = new NameSupply(file, [...reserved, ...subjects.map((each) => entryOf(each, modules.length))]);
  const parts: (Part & { readonly qualname: string })[] = [];
  const refused: { qualname: string; refusals: readonly Refusal[] }[] = [];
  for (const subject of subjects) {
    const { qualname } = subject;
    const entry = entryOf(subject, modules.length);
    const own = modules.length === 1 ? MODULE_NAMES : moduleNames(entry);
    const part = translate(analysis, subject, names, entry, own, {});
    if (part.kind === 'refused') refused.push({ qualname, refusals: part.refusals });
    else parts.push({ qualname, program: part.program, module: part.module, structure: part.structure });
  }
  return {
    source: parts.length > 0 ? assemble(parts, names) : null,
    converted: parts.map((each) => each.qualname),
    refused,
  };
}

const MODULE_NAMES: Omit<ModuleNames, 'className'> = {
  fromTorch: 'params_from_torch',
  fromStateDict: 'params_from_state_dict',
  config: 'Config',
};

/** Where a file has several modules, each one's functions bear its name. */
function moduleNames(entry: string): Omit<ModuleNames, 'className'> {
  const camel = entry.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return {
    fromTorch: `${entry}_params_from_torch`,
    fromStateDict: `${entry}_params_from_state_dict`,
    config: `${camel}Config`,
  };
}

function entryOf(subject: Subject, modules: number): string {
  if (subject.kind === 'function') return subject.name;
  return modules === 1 ? 'model' : snakeCase(subject.name);
}

type Translated =
  | ({ readonly kind: 'translated'; readonly entry: string } & Part)
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

function translate(
  analysis: FileAnalysis,
  subject: Subject,
  names: NameSupply,
  entry: string,
  own: Omit<ModuleNames, 'className'>,
  options: ConversionOptions,
): Translated {
  const program = new Program(analysis.session.file, analysis.session, names);
  let structure: Structure | null = null;
  if (subject.kind === 'function') program.entry(subject.key, null, entry);
  else structure = translateModule(program, subject, entry, options);
  if (program.effort.exhausted) program.refusals.add({ ...nameSpan(program, subject), reason: TOO_MUCH, wayOut: null });
  const refusals = program.refusals.list();
  if (refusals.length > 0) return { kind: 'refused', refusals };
  const [unbound] = freeNames(program);
  if (unbound !== undefined) return { kind: 'refused', refusals: [unknownName(analysis, subject, unbound)] };
  for (const each of program.config.assumptions)
    program.notes.add(`Holds for \`${each.text}\` as the constructor has it.`);
  return {
    kind: 'translated',
    entry,
    program,
    structure,
    module: subject.kind === 'module' ? { className: subject.name, ...own } : null,
  };
}

function nameSpan({ file }: Program, subject: Subject): Span {
  if (subject.kind === 'module') return subject.span;
  const start = file.functionFacts(subject.key)?.def.start ?? 0;
  return { start, end: start + 3 };
}

/** A name of another file: what it stands for there is not known here. */
function unknownName({ session: { file } }: FileAnalysis, { key }: Subject, name: string): Refusal {
  const origin = file.functionFacts(key)?.def.start ?? file.classFacts(key)?.statement.start ?? 0;
  const at = new RegExp(`(?<![.\\w])${name}\\b`).exec(file.text.slice(origin))?.index ?? 0;
  const start = origin + at;
  return {
    start,
    end: start + name.length,
    reason: `\`${name}\` comes from another file, and what it stands for is not known`,
    wayOut: 'define it in this file, or pass it as an argument',
  };
}

function translateModule(
  program: Program,
  subject: Subject & { kind: 'module' },
  entry: string,
  options: ConversionOptions,
): Structure | null {
  const { key, span } = subject;
  const refuse = (reason: string, wayOut: string | null = null): null => {
    program.refusals.add({ ...span, reason, wayOut });
    return null;
  };
  if (!program.isModule(key))
    return refuse('this class is not known to be a plain torch.nn.Module', 'derive it from nn.Module in this file');
  const method = program.method(key, subject.method);
  if (method === null) return refuse(`the class has no \`${subject.method}\``);
  const args = constructorArguments(program, key, options.init ?? null);
  const shape = { kind: 'class', key, args } as const;
  program.entry(method, { kind: 'module', shape, params: nameOf('params'), path: nameOf('module') }, entry);
  const { fields, assumptions } = program.config;
  const missing = options.init ? fields.find((each) => !program.config.defaultOf(each)) : undefined;
  if (missing) return refuse(`the value of \`${missing.name}\` cannot be told from the constructor's arguments`);
  const unread = options.init ? undefined : fields.find((each) => !each.read);
  if (unread)
    return refuse(
      `the constructor's argument \`${unread.name}\` cannot be read from a module`,
      'keep it as an attribute of self',
    );
  const hidden = assumptions.find((each) => !each.read);
  if (!hidden) return null;
  const structure = structureOf(program, shape);
  const [untold] = structure.untold;
  if (untold === undefined) return structure;
  return refuse(
    `\`${untold}\` may depend on \`${hidden.text}\`, which cannot be read from a module`,
    'keep the argument as an attribute of self',
  );
}
