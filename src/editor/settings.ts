/** The reader's settings as one typed snapshot; nothing else reads the configuration. */
import * as vscode from 'vscode';
import type { Mode } from '../protocol';

export const SECTION = 'matmulLens';

/** The surfaces that can be switched off, each by `matmulLens.<surface>.enable`. */
export type Surface = 'codeLens' | 'hints' | 'hover' | 'inlayHints';

export interface RaceSettings {
  /** `auto`, or a device id. */
  readonly device: string;
  readonly modes: readonly Mode[];
  readonly precision: 'highest' | 'tf32';
  /** Seconds of measuring for all modes together. */
  readonly measureSeconds: number;
  /** Seconds after which a race is ended, whatever it is doing. */
  readonly timeoutSeconds: number;
  readonly keepWarm: boolean;
}

export function isEnabled(surface: Surface, scope?: vscode.ConfigurationScope): boolean {
  return configuration(scope).get<boolean>(`${surface}.enable`, surface !== 'inlayHints');
}

/** What the reader says of the rules, as it is written: whoever reads it checks it. */
export function ruleSettings(scope: vscode.ConfigurationScope): {
  readonly ignore: unknown;
  readonly severity: unknown;
} {
  const read = configuration(scope);
  return { ignore: read.get<unknown>('rules.ignore', []), severity: read.get<unknown>('rules.severity', {}) };
}

/** The interpreter that the settings name for a framework; null: none. */
export function interpreterSetting(framework: 'python' | 'jax', scope?: vscode.ConfigurationScope): string | null {
  const value = configuration(scope).get<unknown>(`${framework}.interpreter`);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

export function raceSettings(scope: vscode.ConfigurationScope): RaceSettings {
  const read = configuration(scope);
  const modes = read.get<string>('race.modes', 'both');
  return {
    device: read.get<string>('race.device', 'auto').trim() || 'auto',
    modes: modes === 'forward' || modes === 'training' ? [modes] : ['forward', 'training'],
    precision: read.get<string>('race.precision', 'highest') === 'tf32' ? 'tf32' : 'highest',
    measureSeconds: clamped(read.get<unknown>('race.measureSeconds'), 6, { least: 2, most: 120 }),
    timeoutSeconds: clamped(read.get<unknown>('race.timeoutSeconds'), 180, { least: 20, most: 3600 }),
    keepWarm: read.get<boolean>('race.keepWarm', true),
  };
}

/** Whether a change of the configuration touches this setting, `codeLens.enable` for example. */
export function affects(change: vscode.ConfigurationChangeEvent, setting: string): boolean {
  return change.affectsConfiguration(`${SECTION}.${setting}`);
}

function configuration(scope: vscode.ConfigurationScope | undefined): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(SECTION, scope);
}

/** settings.json is text: a number there may be anything. */
function clamped(value: unknown, otherwise: number, { least, most }: { least: number; most: number }): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return otherwise;
  return Math.min(most, Math.max(least, value));
}
