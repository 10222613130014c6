/** The functions that bring a torch module's weights into a params pytree. */
import type { Requirement } from './config';
import { flat } from './print';
import { printStatement } from './printStatements';
import type { Program } from './program';
import { call, method, name as nameOf, quoted, tuple } from './python';
import type { Py } from './python';
import type { Structure } from './structure';
import { visitStatements } from './walk';

export interface ModuleNames {
  /** The torch class. */
  readonly className: string;
  readonly fromTorch: string;
  readonly fromStateDict: string;
  /** The class of the constructor's facts. */
  readonly config: string;
}

/**
 * `params_from_state_dict` and `params_from_torch`. The pytree has the nesting of the module and the layouts of
 * PyTorch: an entry is found where the torch weight is, and XLA contracts either axis alike. Constructor facts are
 * a static node of it, so that its leaves are arrays alone.
 */
export function convertingFunctions(
  program: Program,
  names: ModuleNames,
  structure: Structure | null,
): readonly string[] {
  return [fromStateDict(program, names), fromTorch(program, names, structure)];
}

function fromStateDict(program: Program, { fromStateDict: name, config: type }: ModuleNames): string {
  const { fields } = program.config;
  const complete = fields.every((each) => program.config.defaultOf(each));
  const parameter = fields.length === 0 ? '' : complete ? ', config=None' : ', config';
  const value = complete ? `${type}() if config is None else config` : 'config';
  return [
    `def ${name}(state${parameter}):`,
    `    """Nest the arrays of a state_dict by the parts of their names."""`,
    '    params = {}',
    '    for name, value in state.items():',
    // Counters and index buffers have no place among what jax.grad differentiates.
    '        if not jnp.issubdtype(value.dtype, jnp.inexact):',
    '            continue',
    '        *path, leaf = name.split(".")',
    '        node = params',
    '        for key in path:',
    '            node = node.setdefault(key, {})',
    '        node[leaf] = jnp.asarray(value)',
    ...(usesLists(program) ? ['    params = lists_of_layers(params)'] : []),
    ...(fields.length > 0 ? [`    params["config"] = ${value}`] : []),
    '    return params',
  ].join('\n');
}

function fromTorch(
  program: Program,
  { className, fromTorch: name, fromStateDict: convert, config: type }: ModuleNames,
  structure: Structure | null,
): string {
  const { fields, requirements } = program.config;
  const lines = [
    `def ${name}(module):`,
    `    """Copy the weights of a ${className}, in the layouts of PyTorch."""`,
    ...[...requirements, ...(structure?.requirements ?? [])].flatMap(assertion),
    ...partChecks(structure),
    ...printStatement({ kind: 'assign', targets: [nameOf('state')], value: copiedState(program) }, 4),
  ];
  if (fields.length === 0) return [...lines, `    return ${convert}(state)`].join('\n');
  const given = fields.map(
    (each) => `${each.name}=${flat(each.read ?? program.config.defaultOf(each) ?? { kind: 'literal', text: 'None' })}`,
  );
  return [...lines, ...wrapped(`    config = ${type}(`, given), `    return ${convert}(state, config)`].join('\n');
}

/** `{name: array_from_torch(value) for name, value in module.state_dict().items()}` */
function copiedState(program: Program): Py {
  const [key, value] = [nameOf('name'), nameOf('value')];
  return {
    kind: 'comprehension',
    form: 'dict',
    element: key,
    value: call(program.prelude('array_from_torch'), [value]),
    clauses: [{ kind: 'for', target: tuple([key, value]), iterable: method(call('module.state_dict', []), 'items') }],
  };
}

function assertion({ test, message }: Requirement): readonly string[] {
  return printStatement({ kind: 'assert', values: [test, quoted(message)] }, 4);
}

/** Compares the classes of the module's parts, by their names, with those that the program was written for. */
function partChecks(structure: Structure | null): readonly string[] {
  if (!structure || structure.parts.size === 0) return [];
  const parts = [...structure.parts].map(([part, kind]) => `${JSON.stringify(part)}: ${JSON.stringify(kind)}`);
  const together = parts.join(', ');
  return [
    '    parts = {name: type(part).__name__ for name, part in module.named_modules()}',
    ...(together.length + 17 <= 88
      ? [`    expected = {${together}}`]
      : ['    expected = {', ...parts.map((each) => `        ${each},`), '    }']),
    '    for name, kind in expected.items():',
    '        assert parts.get(name) == kind, f"{name} is no {kind}: built otherwise"',
  ];
}

/** A call over as many lines as ruff gives it. */
function wrapped(opening: string, args: readonly string[]): readonly string[] {
  const together = args.join(', ');
  if (opening.length + together.length + 1 <= 88) return [`${opening}${together})`];
  if (together.length + 8 <= 88) return [opening, `        ${together}`, '    )'];
  return [opening, ...args.map((each) => `        ${each},`), '    )'];
}

/** Whether the program reads children by number, or goes through them. */
export function usesLists(program: Program): boolean {
  let found = false;
  const isList = (each: Py): boolean =>
    each.kind === 'entry' && !(each.key.kind === 'literal' && each.key.text.startsWith('"'));
  for (const { body } of program.written()) {
    visitStatements(body, (each) => {
      if (isList(each)) found = true;
      if (each.kind === 'comprehension')
        found ||= each.clauses.some((clause) => clause.kind === 'for' && holdsEntry(clause.iterable));
    });
    for (const statement of loopsOf(body)) if (holdsEntry(statement)) found = true;
  }
  return found;
}

function holdsEntry(iterable: Py): boolean {
  if (iterable.kind === 'entry' || (iterable.kind === 'name' && /params$|weights$/.test(iterable.name))) return true;
  return iterable.kind === 'call' && iterable.args.some((each) => holdsEntry(each.value));
}

function loopsOf(body: Parameters<typeof visitStatements>[0]): readonly Py[] {
  return body.flatMap((each) => {
    if (each.kind === 'for') return [each.iterable, ...loopsOf(each.body)];
    if (each.kind === 'if') return [...loopsOf(each.body), ...loopsOf(each.orelse)];
    return each.kind === 'while' || each.kind === 'def' ? loopsOf(each.body) : [];
  });
}
