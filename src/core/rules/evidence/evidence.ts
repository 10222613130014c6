/** What rules were measured to gain, and on which kinds of device they may therefore speak by themselves. */
import type { DeviceKind } from '../../../protocol/vocabulary';
import cpu from './cpu.json';

export interface EvidenceRow {
  readonly size: string;
  readonly shapes: string;
  readonly mode: string;
  /** `fix`: the code with the fix; `jax`: the same in JAX under `jit`. Both are compared with the code as written. */
  readonly form: string;
  readonly verdict: string;
  /** Seconds of one call. */
  readonly written_s: number | null;
  readonly fixed_s: number | null;
  /** How many times as fast this form is; null where nothing could be told. */
  readonly gain: number | null;
  /** Of the gain, 95 %. */
  readonly interval: readonly number[] | null;
  readonly reason: string | null;
}

export interface Evidence {
  /** The day, as `2026-11-24`. */
  readonly measured: string;
  readonly machine: Readonly<Record<string, string | number | null>>;
  readonly rows: readonly EvidenceRow[];
}

/** `on`: its fix was faster at its typical size in some mode, and slower in none; `off`: it was not. */
export type EvidenceStatus = 'on' | 'off' | 'unmeasured';

const MEASURED: Readonly<Partial<Record<DeviceKind, { readonly rules: Readonly<Record<string, Evidence>> }>>> = { cpu };

/** Null: not measured on this kind of device. A figure of one kind says nothing of another one. */
export function evidenceOf(code: string, device: DeviceKind): Evidence | null {
  return MEASURED[device]?.rules[code] ?? null;
}

export function evidenceStatus(code: string, device: DeviceKind): EvidenceStatus {
  const typical = evidenceOf(code, device)?.rows.filter((each) => each.size === 'typical' && each.form === 'fix') ?? [];
  if (typical.length === 0) return 'unmeasured';
  const verdicts = new Set(typical.map((each) => each.verdict));
  return verdicts.has('faster') && !verdicts.has('slower') ? 'on' : 'off';
}
