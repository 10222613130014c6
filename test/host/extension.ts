import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

const ACTIVATION_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** Waits until VS Code has activated the extension by itself, for which it sends no event. Fails after 10 s. */
export async function activated(): Promise<vscode.Extension<unknown>> {
  const extension = vscode.extensions.getExtension<unknown>('matmul-lens.matmul-lens');
  assert(extension, 'the extension is not installed here');
  const deadline = performance.now() + ACTIVATION_TIMEOUT_MS;
  while (!extension.isActive) {
    assert(performance.now() < deadline, 'the extension was not activated');
    await sleep(POLL_MS);
  }
  return extension;
}
