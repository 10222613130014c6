/** From a click to a running race: trust, function, inputs, interpreter, consent, request. */
import * as vscode from 'vscode';
import type { BuiltRequest, Prefill, RaceOptions } from '../../core';
import { DEFAULT_BUDGET, newRace } from '../../protocol';
import type { FormValues } from '../../protocol';
import type { AnalysisService } from '../analysis/analysisService';
import type { Interpreter } from '../environment/interpreter';
import type { InterpreterChain } from '../environment/interpreterChain';
import type { JaxInterpreter } from '../environment/jaxInterpreter';
import type { LastWorkers } from '../environment/lastWorkers';
import { isCell } from '../languages';
import type { RaceSetting, Races } from '../ports/execution';
import { raceSettings } from '../settings';
import type { Answer, Consent } from './consent';
import { importRoots } from './importRoots';
import type { Notices } from './notices';
import type { RaceStage } from './raceStage';
import { locate } from './raceTarget';
import type { Located, Location, RaceTarget } from './raceTarget';
import type { RememberedInputs } from './rememberedInputs';

/** The same inputs in every race of a function, so that races of one day can be compared. */
const SEED = 0;

export interface RaceFlowParts {
  readonly analyses: AnalysisService;
  readonly interpreters: InterpreterChain;
  readonly jaxInterpreter: JaxInterpreter;
  readonly lastWorkers: LastWorkers;
  readonly races: Races;
  readonly consent: Consent;
  readonly remembered: RememberedInputs;
  readonly notices: Notices;
  readonly stage: RaceStage;
}

export class RaceFlow {
  /** A question is open: a double click asks nothing twice. */
  private asking = false;

  constructor(private readonly parts: RaceFlowParts) {}

  /** Races a function, or asks for the inputs that analysis could not tell. */
  begin(find: () => Promise<Location>): Promise<void> {
    return this.once(async () => {
      const located = await this.trustedAndFound(find);
      if (!located) return;
      const { stage } = this.parts;
      const running = stage.running;
      if (running && sameTarget(running.target, located.target)) {
        stage.showRace(running, { stale: false, canRun: true });
        return;
      }
      const filled = filledIn(located, this.parts.remembered.of(located.target));
      if (filled.complete) await this.launch(located, filled.values, null);
      else {
        stage.showForm(located.target, { ...filled.values, errors: {} });
        await this.warmUp(located);
      }
    });
  }

  /** The form was sent. */
  submit(target: RaceTarget, values: FormValues): Promise<void> {
    return this.again(target, values, null);
  }

  /** The same race once more, with the function's present code. */
  rerun(target: RaceTarget, values: FormValues, synthetic: boolean): Promise<void> {
    return this.again(target, values, synthetic ? true : null);
  }

  /** The form with these values. */
  async edit(target: RaceTarget, values: FormValues): Promise<void> {
    const located = await this.trustedAndFound(() => locate(target, this.parts.analyses));
    if (!located) return;
    // The function's parameters may have changed since; what is remembered fits itself to them.
    const filled = filledIn(located, values, true);
    this.parts.stage.showForm(located.target, { ...filled.values, errors: {} });
  }

  private again(target: RaceTarget, values: FormValues, synthetic: true | null): Promise<void> {
    return this.once(async () => {
      const located = await this.trustedAndFound(() => locate(target, this.parts.analyses));
      if (located) await this.launch(located, values, synthetic);
    });
  }

  /** @param withoutConsent true: the reader's code stays out; null: the reader is asked */
  private async launch(located: Located, values: FormValues, withoutConsent: true | null): Promise<void> {
    const { notices, stage, races, consent, remembered, lastWorkers } = this.parts;
    const interpreter = await this.interpreter(located);
    if (!interpreter) return;
    // Importing the frameworks takes seconds, which the reader's answer takes as well.
    const early = consent.mayStart(interpreter) ? await this.warmedUp(located, interpreter) : null;
    const options = await this.options(located);
    // Wrong inputs first: nobody should consent to a race that cannot be.
    const own = withoutConsent ? null : requestOf(located, values, options);
    if (own && !own.ok) {
      this.askAgain(located, values, own.errors);
      return;
    }
    const answer = await this.answer(located, interpreter, withoutConsent);
    if (answer === 'no') return;
    const setting = early ?? (await this.setting(located, interpreter));
    const synthetic = answer === 'synthetic';
    const made = own && !synthetic ? own : requestOf(located, values, { ...options, synthetic: true });
    if (!made.ok) {
      this.askAgain(located, values, made.errors);
      return;
    }
    if (!(await this.makeWay())) return;
    await remembered.remember(located.target, values);
    stage.begin({
      target: located.target,
      digest: located.digest,
      values,
      synthetic,
      startedAt: Date.now(),
      remarks: made.left.map(({ variant, reason }) => `${variant} is left out: ${reason}`),
      state: { ...newRace(options.id), workers: lastWorkers.workers },
    });
    const result = await races.start(setting, made.request);
    if (result.kind !== 'refused') return;
    stage.withdraw();
    notices.untrusted();
  }

  /** The form with what is wrong in it; what concerns no single field is told beside it. */
  private askAgain(located: Located, values: FormValues, errors: Readonly<Record<string, string>>): void {
    const whole = errors[''];
    this.parts.stage.showForm(located.target, { ...values, errors });
    if (whole !== undefined) this.parts.notices.problem(sentenceOf(whole));
  }

  private async trustedAndFound(find: () => Promise<Location>): Promise<Located | null> {
    const { notices } = this.parts;
    if (!vscode.workspace.isTrusted) {
      notices.untrusted();
      return null;
    }
    const location = await find();
    if (location.kind === 'gone') {
      notices.problem(location.message);
      return null;
    }
    // A key or a command of the reader's own may ask all the same.
    if (isCell(location.located.target.uri)) {
      notices.problem(
        vscode.l10n.t(
          'Cells of a notebook cannot be raced yet: the others would have to be run, too. Put the function into a Python file.',
        ),
      );
      return null;
    }
    return location.located;
  }

  private async interpreter(located: Located): Promise<Interpreter | null> {
    const resolution = await this.parts.interpreters.resolve(located.target.uri);
    if (resolution.kind === 'interpreter') return resolution.interpreter;
    this.parts.notices.noInterpreter(resolution);
    return null;
  }

  private async answer(located: Located, interpreter: Interpreter, withoutConsent: true | null): Promise<Answer> {
    const { consent } = this.parts;
    if (withoutConsent === null) return consent.ask(located.target, interpreter);
    return (await consent.askToStart(interpreter)) ? 'synthetic' : 'no';
  }

  private async warmUp(located: Located): Promise<void> {
    const resolution = await this.parts.interpreters.resolve(located.target.uri);
    if (resolution.kind !== 'interpreter' || !this.parts.consent.mayStart(resolution.interpreter)) return;
    await this.warmedUp(located, resolution.interpreter);
  }

  private async warmedUp(located: Located, interpreter: Interpreter): Promise<RaceSetting> {
    const setting = await this.setting(located, interpreter);
    void this.parts.races.warmUp(setting);
    return setting;
  }

  /** Where another environment has JAX, the interpreter is started to ask whether it has JAX itself. */
  private async setting({ document }: Located, interpreter: Interpreter): Promise<RaceSetting> {
    const { device, keepWarm } = raceSettings(document);
    const python = interpreter.command;
    const jaxPython = await this.parts.jaxInterpreter.resolve(python, document.uri);
    return { python, jaxPython, device, warm: keepWarm };
  }

  private async options({ document }: Located): Promise<RaceOptions> {
    const { device, modes, precision, measureSeconds, timeoutSeconds } = raceSettings(document);
    return {
      id: crypto.randomUUID(),
      file: document.uri.scheme === 'file' ? document.uri.fsPath : null,
      roots: await importRoots(document.uri),
      device,
      precision,
      modes,
      variants: null,
      budget: { ...DEFAULT_BUDGET, measure_s: measureSeconds, total_s: timeoutSeconds },
      seed: SEED,
      synthetic: false,
      analyze: await this.parts.analyses.analyzeTexts(),
    };
  }

  /** False where the reader wants the running race to go on. */
  private async makeWay(): Promise<boolean> {
    const { stage, races, notices } = this.parts;
    const { running } = stage;
    if (!running) return true;
    if (!(await notices.mayReplace(running.target.qualname))) return false;
    // It may have ended while the question was open.
    if (stage.running?.state.id !== running.state.id) return true;
    const ended = new Promise<void>((resolve) => {
      const waiting = stage.onDidFinish(() => {
        waiting.dispose();
        resolve();
      });
    });
    races.cancel(running.state.id);
    await ended;
    return true;
  }

  private async once(work: () => Promise<void>): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      await work();
    } finally {
      this.asking = false;
    }
  }
}

function filledIn({ analysis, subject }: Located, remembered: FormValues | null, editing = false): Prefill {
  return analysis.core.prefill(analysis.file, subject, remembered, editing);
}

function requestOf({ analysis, subject }: Located, values: FormValues, options: RaceOptions): BuiltRequest {
  // Translation may need any function of the file; what is shown while typing reads fewer.
  const whole = options.analyze(analysis.file.session.file.text) ?? analysis.file;
  return analysis.core.raceRequest(whole, subject, values, options);
}

function sentenceOf(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, '.');
}

function sameTarget(a: RaceTarget, b: RaceTarget): boolean {
  return a.qualname === b.qualname && a.uri.toString() === b.uri.toString();
}
