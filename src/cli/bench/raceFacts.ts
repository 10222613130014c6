/** What a race was about, where it ran and what went wrong: lines of text around its tables. */
import { significant } from '../../protocol';
import type { Failure, Fingerprint, RaceState, Target } from '../../protocol';

/** `MLP(d_model=64) with x: f32[32,64]`. */
export function targetText({ qualname, inputs, init, synthetic }: Target): string {
  const constructor = Object.entries(init).map(([name, value]) => `${name}=${value}`);
  const values = Object.entries(inputs).map(([name, value]) => `${name}: ${value}`);
  return [
    constructor.length === 0 ? qualname : `${qualname}(${constructor.join(', ')})`,
    ...(values.length === 0 ? [] : [`with ${values.join(', ')}`]),
    ...(synthetic ? ['(synthetic: the same shapes without the code)'] : []),
  ].join(' ');
}

/** `CPU, EPYC · 1 thread · ieee float32 · torch 2.13.0 · jax 0.10.2`. */
export function conditionsText(print: Fingerprint): string {
  return [
    print.device,
    ...(print.driver === null ? [] : [`driver ${print.driver}`]),
    `${print.threads} ${print.threads === 1 ? 'thread' : 'threads'}`,
    print.precision,
    `torch ${print.torch ?? 'not installed'}`,
    `jax ${print.jax ?? 'not installed'}`,
    ...(print.python === null ? [] : [`Python ${print.python}`]),
    ...(print.load === null ? [] : [`load ${significant(print.load, 2)}`]),
  ].join(' · ');
}

export interface Problem {
  readonly affected: string;
  readonly failure: Failure;
}

const WORKERS: ReadonlySet<string> = new Set(['PyTorch', 'JAX']);

/** Every failure once, with what it befell: workers first, then variants. The race's own is not among them. */
export function problemsOf(race: RaceState): readonly Problem[] {
  const all: Problem[] = [
    ...(['torch', 'jax'] as const).flatMap((framework) => {
      const failure = race.workers[framework]?.failure;
      return failure ? [{ affected: framework === 'torch' ? 'PyTorch' : 'JAX', failure }] : [];
    }),
    ...race.rows.flatMap(({ label, mode, failure }) => (failure ? [{ affected: `${label} (${mode})`, failure }] : [])),
  ];
  const groups = new Map<string, Problem>();
  for (const { affected, failure } of all) {
    const key = `${failure.kind}\n${failure.message}`;
    const known = groups.get(key);
    if (!known) groups.set(key, { affected, failure });
    // A whole framework stands for its variants.
    else if (!WORKERS.has(known.affected)) groups.set(key, { ...known, affected: `${known.affected}, ${affected}` });
  }
  return [...groups.values()];
}

/** `message (hint)`, with the place where it is in the reader's code. */
export function failureText({ message, hint, file, line }: Failure): string {
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  return `${place}${message}${hint === undefined ? '' : ` ${hint}`}`;
}
