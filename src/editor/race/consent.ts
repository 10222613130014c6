/** The reader's consent to run code of their own: once for each file, function and interpreter. */
import * as vscode from 'vscode';
import type { Interpreter } from '../environment/interpreter';
import { baseName } from './raceTarget';
import type { RaceTarget } from './raceTarget';

const KEY = 'consents';
const MOST = 500;

export type Answer = 'own code' | 'synthetic' | 'no';

const RUN = 'Run My Code';
const SAME_SHAPES = 'Race the Same Shapes Instead';

export class Consent {
  constructor(private readonly memento: vscode.Memento) {}

  /** Asks, unless it was given before. */
  async ask(target: RaceTarget, interpreter: Interpreter): Promise<Answer> {
    const key = keyOf(target, interpreter);
    const given = this.given();
    if (given.includes(key)) return 'own code';
    const file = target.uri.scheme === 'file' ? target.uri.fsPath : baseName(target.uri);
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t('Run {0} of {1}?', target.qualname, baseName(target.uri)),
      {
        modal: true,
        detail: vscode.l10n.t(
          'The imports, definitions and constant assignments of\n{0}\nwill run in\n{1} ({2}),\nand then {3} is called with generated inputs. No other statement of the file runs. The code is not sandboxed: it can do what you can do.',
          file,
          interpreter.command.join(' '),
          interpreter.origin,
          target.qualname,
        ),
      },
      RUN,
      SAME_SHAPES,
    );
    if (answer === SAME_SHAPES) return 'synthetic';
    if (answer !== RUN) return 'no';
    await this.memento.update(KEY, [...given, key].slice(-MOST));
    return 'own code';
  }

  async reset(): Promise<void> {
    await this.memento.update(KEY, undefined);
  }

  private given(): readonly string[] {
    const kept = this.memento.get<unknown>(KEY);
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  }
}

function keyOf(target: RaceTarget, interpreter: Interpreter): string {
  return JSON.stringify([target.uri.toString(), target.qualname, ...interpreter.command]);
}
