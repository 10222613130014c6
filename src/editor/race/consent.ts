/**
 * The reader's consent to run code of their own: once for each file, function and interpreter. An interpreter inside
 * the workspace is such code, too: it came with the folder, and is not started before the reader saw its name.
 */
import * as vscode from 'vscode';
import { literalName } from '../../protocol';
import type { Interpreter } from '../environment/interpreter';
import { executableOf } from '../environment/interpreter';
import { baseName } from './raceTarget';
import type { RaceTarget } from './raceTarget';

const KEY = 'consents';
const MOST = 500;

export type Answer = 'own code' | 'synthetic' | 'no';

const RUN = 'Run My Code';
const SAME_SHAPES = 'Race the Same Shapes Instead';
const START = 'Start It';

export class Consent {
  constructor(private readonly memento: vscode.Memento) {}

  /** Asks whether a function may run, unless that was allowed before. */
  async ask(target: RaceTarget, interpreter: Interpreter): Promise<Answer> {
    const key = functionKey(target, interpreter);
    if (this.given().includes(key)) return 'own code';
    const qualname = literalName(target.qualname);
    const file = target.uri.scheme === 'file' ? target.uri.fsPath : baseName(target.uri);
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t('Run {0} of {1}?', qualname, literalName(baseName(target.uri))),
      {
        modal: true,
        detail: vscode.l10n.t(
          "The file's imports, definitions (with their decorators, default values and class bodies) and constant assignments run; no other statement of the file does. The file is\n{0}\nIt runs in\n{1},\nand then {2} is called with generated inputs. The code is not sandboxed: it can do what you can do.",
          literalName(file),
          describe(interpreter),
          qualname,
        ),
      },
      RUN,
      SAME_SHAPES,
    );
    switch (answer) {
      case RUN:
        await this.give(key, interpreterKey(interpreter));
        return 'own code';
      case SAME_SHAPES:
        await this.give(interpreterKey(interpreter));
        return 'synthetic';
      default:
        return 'no';
    }
  }

  /** Whether an interpreter may be started without a question: it is none of the workspace, or was named in one. */
  mayStart(interpreter: Interpreter): boolean {
    const inWorkspace = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(executableOf(interpreter.command)));
    return !inWorkspace || this.given().includes(interpreterKey(interpreter));
  }

  /** Asks whether an interpreter may be started, unless there is no need to. */
  async askToStart(interpreter: Interpreter): Promise<boolean> {
    if (this.mayStart(interpreter)) return true;
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t('Start the Python interpreter of this workspace?'),
      {
        modal: true,
        detail: vscode.l10n.t(
          '{0}\nlies inside of the workspace. It is not sandboxed: it can do what you can do.',
          describe(interpreter),
        ),
      },
      START,
    );
    if (answer !== START) return false;
    await this.give(interpreterKey(interpreter));
    return true;
  }

  async reset(): Promise<void> {
    await this.memento.update(KEY, undefined);
  }

  private async give(...keys: readonly string[]): Promise<void> {
    const others = this.given().filter((each) => !keys.includes(each));
    await this.memento.update(KEY, [...others, ...keys].slice(-MOST));
  }

  private given(): readonly string[] {
    const kept = this.memento.get<unknown>(KEY);
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : [];
  }
}

function describe({ command, origin }: Interpreter): string {
  return `${literalName(command.join(' '))} (${literalName(origin)})`;
}

function functionKey(target: RaceTarget, interpreter: Interpreter): string {
  return JSON.stringify([target.uri.toString(), target.qualname, ...interpreter.command]);
}

function interpreterKey(interpreter: Interpreter): string {
  return JSON.stringify(['interpreter', ...interpreter.command]);
}
