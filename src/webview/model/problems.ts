/** What went wrong in a race, each thing once, with the ways out that the panel can offer. */
import { MODE_WORDS } from '../../protocol';
import type { Failure, FailureKind, FromPanel, RaceState } from '../../protocol';
import { fileName } from './fileName';

/** The intents that may help. */
export type Remedy = Extract<
  FromPanel,
  {
    type:
      'selectInterpreter' | 'createJaxEnvironment' | 'showLog' | 'editInputs' | 'rerun' | 'revealTarget' | 'showSource';
  }
>;

export interface Problem {
  /** What it befell, such as `JAX` or `JAX jit (forward, training step)`; empty for the whole race. */
  readonly affected: string;
  readonly message: string;
  readonly hint: string | null;
  /** Where in the reader's code, such as `model.py:12`. */
  readonly where: string | null;
  /** The end of a traceback or of a worker's standard error. */
  readonly detail: string | null;
  readonly remedies: readonly Remedy[];
}

const REMEDIES: Readonly<Record<FailureKind, readonly Remedy['type'][]>> = {
  noPython: ['selectInterpreter', 'showLog'],
  frameworkAbsent: ['selectInterpreter'],
  importFailed: ['selectInterpreter', 'showLog'],
  loadFailed: ['revealTarget', 'editInputs', 'showLog'],
  inputsFailed: ['editInputs', 'showLog'],
  runFailed: ['showSource', 'editInputs', 'showLog'],
  outputsDiffer: ['showSource'],
  timedOut: ['rerun', 'showLog'],
  cancelled: ['rerun'],
  workerDied: ['rerun', 'showLog'],
  outOfMemory: ['editInputs', 'showLog'],
  deviceBusy: ['rerun'],
  unsupported: [],
  badRequest: ['showLog'],
  internal: ['showLog'],
};

interface Occurrence {
  readonly failure: Failure;
  readonly framework: 'torch' | 'jax' | null;
  readonly label: string;
  /** Name and mode of a variant; empty for a worker and for the whole race. */
  readonly variant: string;
  readonly mode: string;
}

/** The problems in order of weight: the race's own, the workers', the variants'. A cancelled race has none. */
export function problems(race: RaceState): readonly Problem[] {
  const groups = new Map<string, Occurrence[]>();
  for (const each of occurrences(race)) {
    const key = `${each.failure.kind}\n${each.failure.message}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => (group[0] ? [problem(group[0], group)] : []));
}

function occurrences(race: RaceState): readonly Occurrence[] {
  const whole = race.failure && race.failure.kind !== 'cancelled' ? [race.failure] : [];
  const workers = (['torch', 'jax'] as const).flatMap((framework) => {
    const failure = race.workers[framework]?.failure;
    return failure
      ? [{ failure, framework, label: framework === 'jax' ? 'JAX' : 'PyTorch', variant: '', mode: '' }]
      : [];
  });
  const rows = race.rows.flatMap((row) =>
    row.failure
      ? [
          {
            failure: row.failure,
            framework: row.framework === 'numpy' ? null : row.framework,
            label: row.label,
            variant: row.name,
            mode: MODE_WORDS[row.mode].toLowerCase(),
          },
        ]
      : [],
  );
  return [
    ...whole.map((failure) => ({ failure, framework: null, label: '', variant: '', mode: '' })),
    ...workers,
    ...rows,
  ];
}

function problem(first: Occurrence, group: readonly Occurrence[]): Problem {
  const { failure } = first;
  // The race as a whole may have failed for the same reason: that says nothing of the framework.
  const frameworks = new Set(group.flatMap((each) => each.framework ?? []));
  const isJax = frameworks.size === 1 && frameworks.has('jax');
  const absent = failure.kind === 'frameworkAbsent' || failure.kind === 'importFailed';
  return {
    affected: first.label === '' ? '' : affected(group),
    message: failure.message,
    hint: failure.hint ?? null,
    where: failure.file === undefined ? null : place(failure.file, failure.line),
    detail: failure.detail ?? null,
    remedies: [
      ...(isJax && absent ? [{ type: 'createJaxEnvironment' } as const] : []),
      ...REMEDIES[failure.kind].flatMap((type) => remedy(type, first.variant)),
    ],
  };
}

function remedy(type: Remedy['type'], variant: string): readonly Remedy[] {
  if (type !== 'showSource') return [{ type }];
  return variant === '' ? [] : [{ type, variant }];
}

/** Labels once each, with the modes where it is a variant that failed; a whole worker stands for its variants. */
function affected(group: readonly Occurrence[]): string {
  const workers = group.filter((each) => each.mode === '');
  if (workers.length > 0) return [...new Set(workers.map((each) => each.label))].join(' and ');
  const modes = new Map<string, string[]>();
  for (const each of group) modes.set(each.label, [...(modes.get(each.label) ?? []), each.mode]);
  return [...modes].map(([label, each]) => `${label} (${each.join(', ')})`).join(', ');
}

function place(file: string, line: number | undefined): string {
  return line === undefined ? fileName(file) : `${fileName(file)}:${line}`;
}
