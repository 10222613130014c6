/** Which interpreter runs the reader's code: one small interface, and who can answer it. */
import type * as vscode from 'vscode';
import type { PythonCommand } from '../ports/execution';

export interface Interpreter {
  readonly command: PythonCommand;
  /** Who named it, for people: `chosen here`, `Python extension`. */
  readonly origin: string;
}

export type Resolution =
  | { readonly kind: 'interpreter'; readonly interpreter: Interpreter }
  /** The reader named one that is not there: nobody wants another instead. */
  | { readonly kind: 'missing'; readonly named: string; readonly origin: string }
  | { readonly kind: 'none' };

/** One who may know the interpreter of a file. */
export interface InterpreterSource {
  /** Null where it knows none; the next source is asked then. */
  resolve(file: vscode.Uri): Promise<Resolution | null>;
  readonly onDidChange: vscode.Event<void>;
}

export function executableOf(command: PythonCommand): string {
  return command[0];
}
