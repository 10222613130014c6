/** What `doctor` found. Its JSON is this, field by field. */
import type { Device, Failure } from '../../protocol';

export interface InterpreterFacts {
  readonly framework: 'torch' | 'jax';
  readonly executable: string;
  /** How it was found: `chosen`, `VIRTUAL_ENV`, `CONDA_PREFIX`, `folder`, `PATH`, or `jax environment`. */
  readonly origin: string;
  /** Null where it is no Python that can run the runner. */
  readonly python: string | null;
  readonly packages: {
    readonly torch: string | null;
    readonly jax: string | null;
    readonly numpy: string | null;
  } | null;
}

export interface WorkerFacts {
  readonly framework: 'torch' | 'jax';
  readonly status: 'ready' | 'absent' | 'broken' | 'exited' | 'not started';
  readonly version: string | null;
  /** Those that the framework itself reports. */
  readonly devices: readonly Device[];
  readonly threads: number | null;
  readonly failure: Failure | null;
}

export interface Problem {
  readonly message: string;
  /** Commands that mend it, in order, each an argument array. */
  readonly commands: readonly (readonly string[])[];
  /** What else can be done. */
  readonly hint: string | null;
}

export interface Diagnosis {
  readonly matmul_lens: string;
  readonly platform: string;
  readonly nvidia_driver: string | null;
  /** Caches, measured peaks and the JAX environment. */
  readonly storage: string;
  readonly interpreters: readonly InterpreterFacts[];
  readonly workers: readonly WorkerFacts[];
  readonly problems: readonly Problem[];
}
