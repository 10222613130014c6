/**
 * What the editor asks of the platform to run code. The desktop host answers with processes; a host without
 * processes answers with refusals. All of it may be called before the workspace is trusted: whoever starts a
 * process asks for trust himself, right before he does.
 */
import type { Disposable } from 'vscode';
import type { Failure, RaceRequest, RunnerEvent } from '../../protocol';

/** A program with its first arguments, as an array: never a shell line. */
export type PythonCommand = readonly [string, ...string[]];

/** For what a coordinator is started: another interpreter or device needs another one. */
export interface RaceSetting {
  /** Runs the coordinator and PyTorch. */
  readonly python: PythonCommand;
  /** Runs JAX; often the same. */
  readonly jaxPython: PythonCommand;
  /** `auto`, or a device id. */
  readonly device: string;
  /** Keep an idle worker of each framework ready for the next race. */
  readonly warm: boolean;
}

export type StartResult =
  | { readonly kind: 'started' }
  /** The workspace is not trusted; nothing was started, and no event tells of it. */
  | { readonly kind: 'refused' }
  /** For a race, its `failed` event has been sent. */
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Races on this machine. Every race that was started ends with exactly one `report` or `failed` event. */
export interface Races {
  /** Gets the workers ready without a race. */
  warmUp(setting: RaceSetting): Promise<StartResult>;
  start(setting: RaceSetting, request: RaceRequest): Promise<StartResult>;
  cancel(race: string): void;
  onEvent(listener: (event: RunnerEvent) => void): Disposable;
  /** What the runner and the programs it starts write to standard error. */
  onLog(listener: (text: string) => void): Disposable;
}

export interface FoundInterpreter {
  readonly executable: string;
  /** Where it was found, for people: `.venv of this folder`, `PATH`. */
  readonly origin: string;
}

export type Probe =
  | {
      readonly kind: 'python';
      /** Such as `3.12.4`. */
      readonly version: string;
      /** Installed versions; null where a framework is absent. Nothing is imported to find out. */
      readonly torch: string | null;
      readonly jax: string | null;
    }
  /** The workspace is not trusted. */
  | { readonly kind: 'refused' }
  /** It is no interpreter that can run the runner; `reason` continues a sentence that begins with its path. */
  | { readonly kind: 'unfit'; readonly reason: string };

export interface Interpreters {
  /** Interpreters around a folder and on this machine, the likeliest first; found by reading folders. */
  search(folder: string | null): Promise<readonly FoundInterpreter[]>;
  /** The path of a chosen interpreter, which may be a name in `PATH`; null where there is no such file. */
  locate(chosen: string, folder: string | null): Promise<string | null>;
  /** Asks an interpreter what it is. */
  probe(executable: string): Promise<Probe>;
}

export interface JaxEnvironmentPlan {
  /** The commands that will run, as a person would type them. */
  readonly commands: readonly string[];
  readonly folder: string;
  create(options: {
    readonly onOutput: (text: string) => void;
    readonly signal: AbortSignal;
  }): Promise<JaxEnvironmentResult>;
}

export type JaxEnvironmentResult =
  { readonly kind: 'created'; readonly executable: string } | { readonly kind: 'failed'; readonly failure: Failure };

/** An environment with JAX in the extension's own storage, apart from the reader's. */
export interface JaxEnvironments {
  /** The interpreter of the environment that was created earlier; null where there is none, or half of one. */
  existing(): Promise<string | null>;
  /** @param executable the interpreter that will make it */
  plan(executable: string): Promise<JaxEnvironmentPlan | Failure>;
}

export interface Execution {
  readonly races: Races;
  readonly interpreters: Interpreters;
  readonly jaxEnvironments: JaxEnvironments;
}
