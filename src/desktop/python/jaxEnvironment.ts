/**
 * The plan of a private environment with JAX: which commands make it, to be shown before they run. The reader's own
 * environments are never touched.
 */
import path from 'node:path';
import { inEnvironment } from './search';

export interface PlannedCommand {
  readonly command: readonly [string, ...string[]];
  readonly purpose: string;
}

export interface JaxEnvironmentPlan {
  readonly folder: string;
  /** The interpreter that the commands leave there: what `--jax-python` takes. */
  readonly executable: string;
  readonly commands: readonly PlannedCommand[];
  /** What the environment holds; a finished one is stamped with it. */
  readonly contents: string;
}

/** The machine, as far as it decides which JAX fits. */
export interface JaxMachine {
  /** Of the interpreter that makes the environment. */
  readonly python: { readonly executable: string; readonly version: readonly [number, number, number] };
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Version of the NVIDIA driver, as `nvidia-smi` tells it; null where there is none. */
  readonly nvidiaDriver: string | null;
}

/**
 * The newest JAX tried with this version of Matmul Lens, and the last one that supports Python 3.10
 * (`Requires-Python` of the packages: 0.6.2 has `>=3.10`, 0.10.2 has `>=3.11`).
 */
const JAX = { current: '0.10.2', python310: '0.6.2' } as const;

/** Least driver of each CUDA release that JAX has wheels for (JAX documentation, *Installation*, NVIDIA GPU). */
const CUDA_DRIVERS = [
  { extra: 'cuda13', driver: 580 },
  { extra: 'cuda12', driver: 525 },
] as const;

/** @param folder where the environment will be: in the extension's own storage */
export function planJaxEnvironment(folder: string, machine: JaxMachine): JaxEnvironmentPlan {
  const { python, platform } = machine;
  const executable = inEnvironment(folder, platform);
  const requirement = jaxRequirement(machine);
  return {
    folder,
    executable,
    contents: `${requirement} python${python.version.slice(0, 2).join('.')}`,
    commands: [
      { purpose: 'Make a Python environment', command: [python.executable, '-m', 'venv', '--clear', folder] },
      {
        purpose: `Install ${requirement}`,
        command: [
          executable,
          ...['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--only-binary=:all:'],
          requirement,
        ],
      },
    ],
  };
}

/** What pip is asked for, such as `jax[cuda12]==0.10.2`. */
export function jaxRequirement({ python, platform, arch, nvidiaDriver }: JaxMachine): string {
  const [major, minor] = python.version;
  const isOld = major === 3 && minor < 11;
  const version = isOld ? JAX.python310 : JAX.current;
  // CUDA wheels exist for Linux alone; jax-metal is not used: it has not kept up with JAX.
  const hasWheels = platform === 'linux' && (arch === 'x64' || arch === 'arm64');
  const driver = Number.parseInt(nvidiaDriver ?? '', 10);
  const cuda = CUDA_DRIVERS.find((each) => driver >= each.driver && !(isOld && each.extra === 'cuda13'));
  return hasWheels && cuda ? `jax[${cuda.extra}]==${version}` : `jax==${version}`;
}

/** The commands as a reader would type them. */
export function shownCommand({ command }: PlannedCommand, platform: NodeJS.Platform): string {
  return command.map((part) => quoted(part, platform)).join(' ');
}

function quoted(part: string, platform: NodeJS.Platform): string {
  if (/^[\w@%+=:,./\\-]+$/.test(part)) return part;
  return platform === 'win32' ? `"${part.replaceAll('"', '\\"')}"` : `'${part.replaceAll("'", "'\\''")}'`;
}

/** The file that says that the commands ran to their end. */
export function stampOf(folder: string): string {
  return path.join(folder, 'matmul-lens.json');
}
