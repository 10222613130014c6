/**
 * What the extension tells and asks the reader. An extension host has no hands to press a button with, so the
 * window's message functions are replaced; the end-to-end tests press the real ones.
 */
import * as vscode from 'vscode';

export interface Said {
  readonly kind: 'information' | 'warning' | 'error';
  readonly text: string;
  readonly detail: string;
  readonly modal: boolean;
  readonly buttons: readonly string[];
}

const FUNCTIONS = {
  showInformationMessage: 'information',
  showWarningMessage: 'warning',
  showErrorMessage: 'error',
} as const;

type Functions = Record<keyof typeof FUNCTIONS, (text: string, ...rest: unknown[]) => Promise<string | undefined>>;

export class Dialogs {
  readonly said: Said[] = [];
  private readonly original: Functions;

  /** @param answer the button that is pressed; undefined closes the message */
  constructor(private readonly answer: (said: Said) => string | undefined = () => undefined) {
    const window = vscode.window as unknown as Functions;
    this.original = { ...window };
    for (const [name, kind] of Object.entries(FUNCTIONS)) {
      window[name as keyof Functions] = (text, ...rest) => Promise.resolve(this.tell(kind, text, rest));
    }
  }

  restore(): void {
    for (const name of Object.keys(FUNCTIONS) as (keyof Functions)[]) {
      (vscode.window as unknown as Functions)[name] = this.original[name];
    }
  }

  private tell(kind: Said['kind'], text: string, rest: readonly unknown[]): string | undefined {
    const [first, ...others] = rest;
    const options = typeof first === 'object' ? (first as vscode.MessageOptions) : null;
    const buttons = (options ? others : rest).filter((each) => typeof each === 'string');
    const said = { kind, text, detail: options?.detail ?? '', modal: options?.modal === true, buttons };
    this.said.push(said);
    return this.answer(said);
  }
}
