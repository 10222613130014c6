/** A diagnosis for people. */
import { formatCount } from '../../protocol';
import { shownCommand } from '../../desktop/python/jaxEnvironment';
import type { Paint } from '../terminal';
import type { Diagnosis, InterpreterFacts, WorkerFacts } from './diagnosis';

const PRODUCTS = { torch: 'PyTorch', jax: 'JAX' } as const;

export function diagnosisText(diagnosis: Diagnosis, paint: Paint, platform: NodeJS.Platform): string {
  const { interpreters, workers, problems } = diagnosis;
  const lines = [
    paint('bold', `Matmul Lens ${diagnosis.matmul_lens} on ${diagnosis.platform}`),
    ...interpreters.map(interpreterLine),
    ...workers.flatMap((worker) => workerLines(worker, paint)),
    `NVIDIA driver  ${diagnosis.nvidia_driver ?? 'none'}`,
    `Storage        ${diagnosis.storage}`,
    '',
  ];
  if (problems.length === 0) lines.push(paint('green', 'PyTorch and JAX can be raced here.'));
  for (const { message, commands, hint } of problems) {
    lines.push(paint('yellow', message));
    for (const [program, ...args] of commands) {
      if (program !== undefined)
        lines.push(`    ${shownCommand({ purpose: '', command: [program, ...args] }, platform)}`);
    }
    if (hint !== null) lines.push(hint);
  }
  return `${lines.join('\n')}\n`;
}

function interpreterLine({ framework, executable, origin, python, packages }: InterpreterFacts): string {
  const label = `Python (${PRODUCTS[framework]})`.padEnd(16);
  if (python === null || packages === null) return `${label} ${executable} (${origin}): cannot be used`;
  const has = (['torch', 'jax', 'numpy'] as const).map((name) => `${name} ${packages[name] ?? 'not installed'}`);
  return `${label} ${executable} (${origin}): ${python}; ${has.join(', ')}`;
}

function workerLines({ framework, status, version, devices, threads, failure }: WorkerFacts, paint: Paint): string[] {
  const label = PRODUCTS[framework].padEnd(14);
  if (status !== 'ready') return [`${label} ${paint('red', status)}${failure ? `: ${failure.message}` : ''}`];
  const used = devices.map(({ id, name, memory_bytes }) => {
    const memory = memory_bytes === null ? '' : `, ${formatCount(memory_bytes, 'B')}`;
    return `${id} (${name}${memory})`;
  });
  const count = threads === null ? '' : `; ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return [`${label} ${version ?? ''} on ${used.join(', ')}${count}`];
}
