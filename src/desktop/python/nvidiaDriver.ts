/** The version of the machine's NVIDIA driver. */
import type { ProbeOptions } from './probe';
import type { RunProgram } from './runProgram';

/** A driver that is loading or hung lets `nvidia-smi` wait for long. */
const DEADLINE_MS = 5_000;

/**
 * @param python watches over the program; null: without it, a hung one would outlive us
 * @returns such as `580.65.06`; null where there is no driver that answers
 */
export async function nvidiaDriver(
  python: string | null,
  options: ProbeOptions,
  run: RunProgram,
): Promise<string | null> {
  const query = ['--query-gpu=driver_version', '--format=csv,noheader'];
  const result = await run(['nvidia-smi', ...query], {
    ...options,
    deadline: DEADLINE_MS,
    ...(python === null ? {} : { tether: python }),
  });
  if (result.kind !== 'exit' || result.code !== 0) return null;
  const [first = ''] = result.stdout.trim().split('\n');
  return /^\d+(\.\d+)+$/.test(first.trim()) ? first.trim() : null;
}
