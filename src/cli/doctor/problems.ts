/** What keeps a race from being possible or fair here, with the commands that mend it. */
import { jaxRequirement, planJaxEnvironment } from '../../desktop/python/jaxEnvironment';
import type { JaxMachine } from '../../desktop/python/jaxEnvironment';
import type { Interpreter } from '../../desktop/python/probe';
import type { Problem, WorkerFacts } from './diagnosis';

export interface Findings {
  readonly workers: readonly WorkerFacts[];
  readonly interpreters: { readonly torch: Interpreter | null; readonly jax: Interpreter | null };
  readonly machine: Omit<JaxMachine, 'python'>;
  readonly jaxEnvironmentFolder: string;
}

export function problemsOf(findings: Findings): readonly Problem[] {
  const missing = findings.workers.flatMap((worker) => {
    const interpreter = findings.interpreters[worker.framework];
    return worker.status === 'ready' || !interpreter ? [] : [missingFramework(worker, interpreter, findings)];
  });
  return [...missing, ...deviceMismatch(findings)];
}

function missingFramework(worker: WorkerFacts, { executable }: Interpreter, findings: Findings): Problem {
  const product = worker.framework === 'torch' ? 'PyTorch' : 'JAX';
  const message =
    worker.status === 'absent'
      ? `${product} is not installed in ${executable}.`
      : `${product} cannot be used in ${executable}: ${worker.failure?.message ?? `it is ${worker.status}.`}`;
  const repair = worker.status === 'absent' ? [] : ['--force-reinstall'];
  const pip = (requirement: string) => [executable, '-m', 'pip', 'install', ...repair, requirement];
  if (worker.framework === 'torch') {
    return { message, commands: [pip('torch')], hint: worker.failure?.hint ?? null };
  }
  const { torch } = findings.interpreters;
  if (!torch) return { message, commands: [], hint: null };
  const plan = planJaxEnvironment(findings.jaxEnvironmentFolder, { python: pythonOf(torch), ...findings.machine });
  return {
    message,
    commands: plan.commands.map(({ command }) => command),
    hint: `Then name it: --jax-python ${plan.executable}`,
  };
}

/** One framework on an accelerator and the other on the CPU are not compared. */
function deviceMismatch({ workers, interpreters, machine }: Findings): readonly Problem[] {
  const kinds = workers.map(({ framework, status, devices }) => ({
    framework,
    kind: status === 'ready' ? (devices.find(({ kind }) => kind !== 'cpu')?.kind ?? 'cpu') : null,
  }));
  const torch = kinds.find(({ framework }) => framework === 'torch')?.kind ?? null;
  const jax = kinds.find(({ framework }) => framework === 'jax')?.kind ?? null;
  if (torch === null || jax === null || torch === jax) return [];
  const message = `PyTorch uses ${torch} and JAX ${jax}; such a race is refused.`;
  const hint = 'Or race both on the CPU: --device cpu.';
  if (torch !== 'cuda' || !interpreters.jax) return [{ message, commands: [], hint }];
  const requirement = jaxRequirement({ python: pythonOf(interpreters.jax), ...machine });
  return [{ message, commands: [[interpreters.jax.executable, '-m', 'pip', 'install', requirement]], hint }];
}

function pythonOf({ executable, version }: Interpreter): JaxMachine['python'] {
  return { executable, version };
}
