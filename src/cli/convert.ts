/** `convert`: PyTorch code as JAX code, or the reasons why not. */
import { LineIndex, convertFile, convertToJax } from '../core';
import type { Refusal } from '../core';
import { analyzeOne } from './analysis/oneFile';
import { parseArguments } from './arguments';
import { misuse } from './command';
import type { Command, CommandContext } from './command';
import { ExitStatus } from './exitStatus';
import { namedTarget } from './target';
import { printable } from './terminal';
import { writeOut } from './writeOut';

interface Converted {
  readonly source: string | null;
  readonly refusals: readonly Refusal[];
  readonly notes: readonly string[];
}

export const convert: Command = {
  name: 'convert',
  summary: 'translate PyTorch functions and modules to JAX',
  help: `Usage: matmul-lens convert FILE[:QUALNAME] --to jax [--out FILE]

Writes one importable Python file. A function keeps its name and parameters; for a module class there are
params_from_torch(module) and a pure function model(params, *inputs). What cannot be translated faithfully is
refused with the reason and the place: for what QUALNAME names nothing is written then; without QUALNAME the rest
of the file is. Either way the exit status is 1.

  FILE            a Python file, or - for standard input
  --to jax        the only one in this version; flax and equinox will follow
  --out FILE      write there instead of to standard output`,

  async run(argv, context) {
    const parsed = parseArguments(
      { to: { type: 'string', values: ['jax', 'flax', 'equinox'] }, out: { type: 'string' } },
      argv,
    );
    if (!parsed.ok) return misuse('convert', parsed.message, context);
    const { options, operands } = parsed;
    const { terminal } = context;
    const [operand, ...others] = operands;
    if (operand === undefined || others.length > 0) return misuse('convert', 'name one FILE[:QUALNAME]', context);
    if (options.to === undefined) return misuse('convert', 'say what to convert to: --to jax', context);
    if (options.to !== 'jax') {
      terminal.complain(`convert: --to ${options.to} is not available in this version`);
      return ExitStatus.cannot;
    }
    const { file, which } = await namedTarget(operand);
    if (which.kind === 'line') return misuse('convert', 'name a function or class, not a line', context);
    const read = await analyzeOne(file, context);
    if (!read.ok) {
      terminal.complain(read.message);
      return ExitStatus.cannot;
    }
    const converted = conversionOf(read.analysis, which.kind === 'qualname' ? which.qualname : null);
    if (!converted) {
      const name = which.kind === 'qualname' ? ` ${which.qualname}` : '';
      terminal.complain(`${read.shown} defines no function or class${name} that could be converted`);
      return ExitStatus.cannot;
    }
    for (const note of converted.notes) terminal.say(`${printable(read.shown)}: note: ${note}`);
    tellRefusals(read.shown, read.text, converted.refusals, context);
    if (converted.source !== null && !(await write(converted.source, options.out, context))) return ExitStatus.cannot;
    return converted.refusals.length > 0 ? ExitStatus.found : ExitStatus.done;
  },
};

type Analysis = Parameters<typeof convertFile>[0];

function conversionOf(analysis: Analysis, qualname: string | null): Converted | null {
  if (qualname !== null) {
    const one = convertToJax(analysis, qualname);
    if (!one) return null;
    return one.ok
      ? { source: one.source, refusals: [], notes: one.notes }
      : { source: null, refusals: one.refusals, notes: [] };
  }
  const { source, converted, refused } = convertFile(analysis);
  if (converted.length === 0 && refused.length === 0) return null;
  return { source, refusals: refused.flatMap((each) => each.refusals), notes: [] };
}

function tellRefusals(
  shown: string,
  text: string,
  refusals: readonly Refusal[],
  { terminal }: Pick<CommandContext, 'terminal'>,
): void {
  const lines = new LineIndex(text);
  for (const { start, reason, wayOut } of refusals) {
    const { line } = lines.position(start);
    const place = `${printable(shown)}:${line + 1}:${lines.utf8Column(start) + 1}`;
    terminal.say(`${terminal.paintErrors('bold', place)}: ${reason}${wayOut === null ? '' : ` (${wayOut})`}`);
  }
}

async function write(source: string, out: string | undefined, { terminal }: CommandContext): Promise<boolean> {
  if (out !== undefined) return writeOut(out, source, terminal);
  await terminal.print(source);
  return true;
}
