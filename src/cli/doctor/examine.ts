/** Finds out what this machine can race. */
import path from 'node:path';
import { nvidiaDriver } from '../../desktop/python/nvidiaDriver';
import { runProgram } from '../../desktop/python/runProgram';
import type { Interpreter } from '../../desktop/python/probe';
import { workerSpecs } from '../../desktop/runner/workers';
import type { CommandContext } from '../command';
import { Interpreters } from '../interpreters';
import type { Diagnosis, InterpreterFacts, Problem, WorkerFacts } from './diagnosis';
import { problemsOf } from './problems';
import { workerFacts } from './workers';

export interface Chosen {
  readonly python: string | undefined;
  readonly jaxPython: string | undefined;
}

interface Examined {
  readonly facts: InterpreterFacts | null;
  readonly interpreter: Interpreter | null;
  readonly problem: Problem | null;
}

export async function examine(chosen: Chosen, context: CommandContext): Promise<Diagnosis> {
  const { assets, progress, platform } = context;
  progress.show('Looking for Python');
  const interpreters = new Interpreters(context);
  const torch = await examineOne('torch', chosen.python, interpreters);
  const jax = await examineJax(chosen.jaxPython, torch, interpreters);
  const driver = await nvidiaDriver(torch.interpreter?.executable ?? null, await interpreters.probing(), runProgram);
  const workers =
    torch.interpreter && jax.interpreter
      ? await startWorkers(torch.interpreter, jax.interpreter, interpreters, context)
      : [];
  const found = [torch.facts, jax.facts].filter((each) => each !== null);
  const unfit = [...new Set([torch.problem, jax.problem])].filter((each) => each !== null);
  return {
    matmul_lens: await assets.version(),
    platform: `${platform} ${process.arch}`,
    nvidia_driver: driver,
    storage: interpreters.storage,
    interpreters: found,
    workers,
    problems: [
      ...unfit,
      ...problemsOf({
        workers,
        interpreters: { torch: torch.interpreter, jax: jax.interpreter },
        machine: { platform, arch: process.arch, nvidiaDriver: driver },
        jaxEnvironmentFolder: interpreters.jaxEnvironmentFolder,
      }),
    ],
  };
}

async function examineOne(
  framework: 'torch' | 'jax',
  chosen: string | undefined,
  interpreters: Interpreters,
): Promise<Examined> {
  const found = await interpreters.find(chosen, null);
  if (!found.ok) return { facts: null, interpreter: null, problem: problem(found.message) };
  return probeOne(framework, found.candidate.executable, found.candidate.origin, interpreters);
}

/** As a race chooses it: what was named, else the same interpreter, else the JAX environment made before. */
async function examineJax(chosen: string | undefined, torch: Examined, interpreters: Interpreters): Promise<Examined> {
  if (chosen !== undefined) return examineOne('jax', chosen, interpreters);
  const made = torch.interpreter?.packages.jax === null ? await interpreters.jaxEnvironment() : null;
  if (made !== null) return probeOne('jax', made, 'jax environment', interpreters);
  return { ...torch, facts: torch.facts && { ...torch.facts, framework: 'jax' } };
}

async function probeOne(
  framework: 'torch' | 'jax',
  executable: string,
  origin: string,
  interpreters: Interpreters,
): Promise<Examined> {
  const probed = await interpreters.probe(executable);
  if (!probed.ok) {
    const facts = { framework, executable, origin, python: null, packages: null };
    return { facts, interpreter: null, problem: problem(probed.message) };
  }
  const { version, packages } = probed.interpreter;
  const facts = { framework, executable, origin, python: version.join('.'), packages };
  return { facts, interpreter: probed.interpreter, problem: null };
}

function problem(message: string): Problem {
  return { message, commands: [], hint: null };
}

function startWorkers(
  torch: Interpreter,
  jax: Interpreter,
  interpreters: Interpreters,
  { assets, shutdown, progress }: CommandContext,
): Promise<readonly WorkerFacts[]> {
  return workerFacts(
    {
      python: [torch.executable],
      runner: assets.runner,
      workers: workerSpecs(assets.runner, { torch: [torch.executable], jax: [jax.executable] }),
      storage: path.join(interpreters.storage, 'runner'),
      device: 'auto',
      warm: true,
    },
    {
      environment: interpreters.environment,
      shutdown,
      onWaiting: (frameworks) => {
        const names = frameworks.map((each) => (each === 'torch' ? 'PyTorch' : 'JAX'));
        progress.show(`Importing ${names.join(' and ')}`);
      },
    },
  );
}
