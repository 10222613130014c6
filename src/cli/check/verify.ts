/** Tries fixes under the reader's own PyTorch, before anybody relies on them. */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { findingsOf, prefill, raceSubjects, verdictOf, verifyRequests } from '../../core';
import type { CaseResult, FileAnalysis, Finding, Fix, VerifyVerdict } from '../../core';
import { newRace, reduceRace } from '../../protocol';
import type { RaceRequest, RaceState } from '../../protocol';
import { RunnerClient } from '../../desktop/runner/runnerClient';
import { workerSpecs } from '../../desktop/runner/workers';
import type { Interpreters } from '../interpreters';
import type { Shutdown } from '../shutdown';

export interface Verified {
  readonly finding: Finding;
  readonly fix: Fix;
  /** Inputs whose sizes nothing in the code tells were chosen. */
  readonly guessed: boolean;
  readonly verdict: VerifyVerdict;
}

export interface VerifierOptions {
  readonly python: string;
  readonly runner: string;
  readonly interpreters: Interpreters;
  readonly shutdown: Shutdown;
  readonly cwd: string;
}

/** One runner for all fixes; to be disposed of. */
export class Verifier {
  private readonly client: RunnerClient;
  private readonly remove: () => void;
  /** Functions of the present file that cannot be run, by key, each with why. */
  private readonly unable = new Map<string, string>();
  private running: { state: RaceState; readonly finish: (state: RaceState) => void } | null = null;

  constructor(private readonly options: VerifierOptions) {
    const { python, runner, interpreters, shutdown } = options;
    this.client = new RunnerClient({
      session: {
        python: [python],
        runner,
        workers: workerSpecs(runner, { torch: [python] }),
        storage: path.join(interpreters.storage, 'runner'),
        device: 'auto',
        warm: true,
      },
      environment: interpreters.environment,
      // The reader's command line is the consent.
      mayStart: () => true,
      onEvent: (event) => {
        if (!this.running) return;
        this.running.state = reduceRace(this.running.state, event);
        if (this.running.state.status !== 'running') this.running.finish(this.running.state);
      },
      // What matters of it comes as the detail of a failure.
      onLog: () => undefined,
    });
    this.remove = shutdown.add(this.client);
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
    this.remove();
  }

  /**
   * Tries every fix of a file that edits something, one after the other.
   * @param file absolute path
   * @param isWanted whether a finding's fixes are to be tried
   */
  async *verify(
    analysis: FileAnalysis,
    file: string,
    isWanted: (finding: Finding) => boolean,
  ): AsyncGenerator<Verified> {
    this.unable.clear();
    for (const finding of findingsOf(analysis, false)) {
      if (!isWanted(finding)) continue;
      for (const fix of finding.fixes) if (fix.edits.length > 0) yield await this.tried(analysis, file, finding, fix);
    }
  }

  private async tried(analysis: FileAnalysis, file: string, finding: Finding, fix: Fix): Promise<Verified> {
    const unchecked = (reason: string): Verified => ({
      ...{ finding, fix, guessed: false },
      verdict: { kind: 'unchecked', reason },
    });
    const subject = raceSubjects(analysis).find(
      ({ body }) => body.start <= finding.start && finding.end <= body.end && touches(body, fix),
    );
    if (!subject) return unchecked('it stands in no function that can be called from outside');
    // What cannot be run as it is written is not waited for again.
    const known = this.unable.get(subject.key);
    if (known !== undefined) return unchecked(known);
    const { values, complete } = prefill(analysis, subject, null);
    const options = {
      id: randomUUID(),
      file,
      // The folder of a package is none of these: its modules would hide the package itself.
      roots: [...new Set([analysis.session.file.place?.root ?? path.dirname(file), this.options.cwd])],
      device: 'auto',
      seed: 0,
    };
    const made = verifyRequests(analysis, subject, values, fix, options);
    if (!made.ok) return unchecked(`${subject.qualname}: ${made.reason}`);
    const results: CaseResult[] = [];
    for (const { label, request } of made.cases) {
      results.push({ label, race: await this.run(request) });
      // Where the first case cannot be run, or differs, the others tell nothing more.
      if (verdictOf(results).kind !== 'same') break;
    }
    const verdict = verdictOf(results);
    if (verdict.kind === 'unchecked') this.unable.set(subject.key, verdict.reason);
    return { finding, fix, guessed: !complete, verdict };
  }

  private async run(request: RaceRequest): Promise<RaceState> {
    const over = new Promise<RaceState>((finish) => (this.running = { state: newRace(request.id), finish }));
    const started = await this.client.start(request);
    if (started.kind === 'refused') return newRace(request.id);
    const state = await over;
    this.running = null;
    return state;
  }
}

/** Decorators stand before a body; a fix that edits anything else outside of it is none of this function's alone. */
function touches(body: { readonly start: number; readonly end: number }, { edits }: Fix): boolean {
  return edits.every((each) => each.start >= body.start && each.end <= body.end);
}
