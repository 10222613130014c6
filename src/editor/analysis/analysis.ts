/** What was found in a text, together with the core that answers questions about it. */
import type * as CoreModule from '../../core';
import type { FileAnalysis } from '../../core';

/**
 * The core comes with the first analysis and not with the extension: running its top level takes longer than all
 * the rest of activation.
 */
export type Core = typeof CoreModule;

export interface Analysis {
  readonly core: Core;
  readonly file: FileAnalysis;
}

export function loadCore(): Promise<Core> {
  return import('../../core');
}
