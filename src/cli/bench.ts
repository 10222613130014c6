/** `bench`: races PyTorch against JAX. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { inputsFromText, prefill, raceRequest } from '../core';
import type { RaceSubject } from '../core';
import { DEFAULT_BUDGET } from '../protocol';
import type { Mode, RaceRequest } from '../protocol';
import { workerSpecs } from '../desktop/runner/workers';
import { analyzeOne } from './analysis/oneFile';
import type { OneFile } from './analysis/oneFile';
import { parseArguments } from './arguments';
import type { OptionValues } from './arguments';
import { askConsent } from './bench/consent';
import { reportRace } from './bench/reportRace';
import { progressText } from './bench/progressText';
import { runRace } from './bench/runRace';
import { chooseSubject } from './bench/subject';
import { misuse } from './command';
import type { Command, CommandContext } from './command';
import { ExitStatus } from './exitStatus';
import { Interpreters } from './interpreters';
import { namedTarget } from './target';

const SPECS = {
  inputs: { type: 'string' },
  init: { type: 'string' },
  device: { type: 'string' },
  mode: { type: 'string', values: ['forward', 'training', 'both'] },
  variants: { type: 'string' },
  python: { type: 'string' },
  'jax-python': { type: 'string' },
  format: { type: 'string', values: ['text', 'json', 'jsonl', 'markdown'] },
  out: { type: 'string' },
  yes: { type: 'boolean' },
} as const;

type Options = OptionValues<typeof SPECS>;
type ReadFile = Extract<OneFile, { ok: true }>;

export const bench: Command = {
  name: 'bench',
  summary: 'race PyTorch against JAX with a function or module of yours, on this machine',
  help: `Usage: matmul-lens bench FILE[:QUALNAME|:LINE] [OPTIONS]

Races a function or nn.Module as it is written against its compiled, vmapped and JAX equivalents, after it has
checked that all of them compute the same.

  --inputs "x=f32[64,1024], ..."   shapes and dtypes; without it what the code tells, or get_inputs() of the file
  --init "in_features=1024, ..."   arguments of the module's constructor
  --device auto|cpu|cuda:0|...     (default: auto)
  --mode forward|training|both     (default: both)
  --variants LIST                  names separated by commas, such as torch-eager,jax-jit
  --python EXE                     interpreter with PyTorch (default: the active environment, .venv, or PATH)
  --jax-python EXE                 interpreter with JAX, where it is another one
  --format text|json|jsonl|markdown
  --out FILE                       write the result there
  --yes                            load the file without asking

Loading the file runs its imports, definitions and constant assignments. The exit status is 1 when outputs differ.`,

  async run(argv, context) {
    const parsed = parseArguments(SPECS, argv);
    if (!parsed.ok) return misuse('bench', parsed.message, context);
    const { options, operands } = parsed;
    const { terminal } = context;
    const [operand, ...others] = operands;
    if (operand === undefined || others.length > 0) {
      return misuse('bench', 'name one FILE[:QUALNAME] or FILE[:LINE]', context);
    }
    const { file, which } = await namedTarget(operand);
    const read = await analyzeOne(file, context);
    if (!read.ok) return cannot(read.message, context);
    const chosen = chooseSubject(read.analysis, which, read.shown);
    if (!chosen.ok) return cannot(chosen.message, context);
    const request = requestOf(read, chosen.subject, options, context);
    if (!request.ok) return cannot(request.message, context);

    const interpreters = new Interpreters(context);
    const torch = await interpreters.find(options.python, read.path);
    if (!torch.ok) return cannot(torch.message, context);
    const jax = options['jax-python'] === undefined ? torch : await interpreters.find(options['jax-python'], read.path);
    if (!jax.ok) return cannot(jax.message, context);
    if (!options.yes) {
      const names = [...new Set([torch.candidate.executable, jax.candidate.executable])];
      const consented = { file: read.shown, qualname: chosen.subject.qualname, interpreters: names };
      const answer = await askConsent(consented, context);
      if (answer === 'refused') return cannot('not raced', context);
      if (answer === 'noTerminal') {
        return cannot(
          `bench: racing runs the code of ${read.shown}; --yes consents, since there is no terminal to ask`,
          context,
        );
      }
    }
    for (const { variant, reason } of request.left) terminal.say(`${variant} takes no part: ${reason}`);
    return race(request.request, torch.candidate.executable, jax.candidate.executable, interpreters, options, context);
  },
};

function cannot(message: string, { terminal }: CommandContext): ExitStatus {
  terminal.complain(message);
  return ExitStatus.cannot;
}

type RequestResult =
  | { readonly ok: true; readonly request: RaceRequest; readonly left: readonly { variant: string; reason: string }[] }
  | { readonly ok: false; readonly message: string };

function requestOf(file: ReadFile, subject: RaceSubject, options: Options, { cwd }: CommandContext): RequestResult {
  const { values } = prefill(file.analysis, subject, null);
  const filled = inputsFromText(values, options.inputs ?? null, options.init ?? null);
  if (!filled.ok) return filled;
  const result = raceRequest(file.analysis, subject, filled.values, {
    id: randomUUID(),
    file: file.path,
    roots: [...new Set([...(file.path === null ? [] : [path.dirname(file.path)]), cwd])],
    device: options.device ?? 'auto',
    precision: 'highest',
    modes: modesOf(options.mode),
    variants: options.variants === undefined ? null : listOf(options.variants),
    budget: DEFAULT_BUDGET,
    seed: 0,
    synthetic: false,
    analyze: file.analyze,
  });
  return result.ok ? result : { ok: false, message: errorsText(subject.qualname, result.errors) };
}

function modesOf(mode: Options['mode']): readonly Mode[] {
  return mode === undefined || mode === 'both' ? ['forward', 'training'] : [mode];
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** `inputs.x` is what the form calls it; here it is a part of `--inputs`. */
function errorsText(qualname: string, errors: Readonly<Record<string, string>>): string {
  const each = Object.entries(errors).map(([key, message]) => {
    const [, group, name] = /^(inputs|init)\.(.*)$/s.exec(key) ?? [];
    return group === undefined ? message : `${name}: ${message} (--${group})`;
  });
  return `${qualname} cannot be raced as asked: ${each.join('; ')}`;
}

async function race(
  request: RaceRequest,
  namedPython: string,
  namedJaxPython: string,
  interpreters: Interpreters,
  options: Options,
  context: CommandContext,
): Promise<ExitStatus> {
  const { terminal, progress, shutdown, assets } = context;
  const probed = await interpreters.probe(namedPython);
  if (!probed.ok) return cannot(probed.message, context);
  const { executable: torchPython, packages } = probed.interpreter;
  let jaxPython = options['jax-python'] === undefined ? torchPython : namedJaxPython;
  if (options['jax-python'] === undefined && packages.jax === null) {
    const made = await interpreters.jaxEnvironment();
    if (made !== null) terminal.say(`JAX is not installed in ${torchPython}; it runs in ${made}`);
    jaxPython = made ?? torchPython;
  }
  const session = {
    python: [torchPython] as const,
    runner: assets.runner,
    workers: workerSpecs(assets.runner, { torch: [torchPython], jax: [jaxPython] }),
    storage: path.join(interpreters.storage, 'runner'),
    device: request.device,
    warm: false,
  };
  const streamed: string[] = [];
  progress.show('Starting Python');
  const finished = await runRace(request, session, {
    shutdown,
    environment: interpreters.environment,
    onEvent: (event, state) => {
      if (options.format !== 'jsonl') return progress.show(progressText(state));
      const line = `${JSON.stringify(event)}\n`;
      if (options.out === undefined) void terminal.print(line);
      else streamed.push(line);
    },
    // What matters of it comes as the detail of a failure.
    onLog: () => undefined,
  });
  progress.clear();
  return reportRace(finished, { format: options.format ?? 'text', out: options.out ?? null, streamed }, terminal);
}
