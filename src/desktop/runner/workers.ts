/** Which command starts the worker of a framework. */
import type { WorkerSpec } from '../../protocol';

/** @param pythons the interpreter of each framework, with its arguments; a framework left out takes no part */
export function workerSpecs(
  runner: string,
  pythons: Readonly<Partial<Record<WorkerSpec['framework'], readonly [string, ...string[]]>>>,
): WorkerSpec[] {
  return (['torch', 'jax'] as const).flatMap((framework) => {
    const python = pythons[framework];
    return python ? [{ framework, command: [...python, '-u', runner, 'worker', '--framework', framework] }] : [];
  });
}
