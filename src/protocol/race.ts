/** The state of one race, folded from the coordinator's events: what panel, lens and command line show. */
import type { Phase, RunnerEvent } from './events';
import type { Comparison, Environment, Report, VariantResult } from './report';
import type { Target } from './request';
import type { Failure, Mode } from './vocabulary';

export interface RaceState {
  readonly id: string;
  readonly target: Target | null;
  readonly status: 'running' | 'done' | 'cancelled' | 'failed';
  readonly phase: {
    readonly name: Phase;
    readonly variant: string | null;
    readonly mode: Mode | null;
    readonly round: number | null;
    readonly rounds: number | null;
  } | null;
  readonly workers: Readonly<Partial<Record<'torch' | 'jax', WorkerState>>>;
  readonly rows: readonly VariantResult[];
  readonly comparisons: readonly Comparison[];
  readonly notes: readonly string[];
  readonly report: Report | null;
  readonly failure: Failure | null;
}

export interface WorkerState {
  readonly status: 'starting' | 'ready' | 'absent' | 'broken' | 'exited';
  readonly environment: Environment | null;
  readonly failure: Failure | null;
}

export function newRace(id: string): RaceState {
  return {
    id,
    target: null,
    status: 'running',
    phase: null,
    workers: {},
    rows: [],
    comparisons: [],
    notes: [],
    report: null,
    failure: null,
  };
}

/** The state after one event. Events of other races leave it as it is. */
export function reduceRace(state: RaceState, event: RunnerEvent): RaceState {
  if (event.type === 'worker') {
    const { status, environment, failure } = event;
    return { ...state, workers: { ...state.workers, [event.framework]: { status, environment, failure } } };
  }
  if (event.type === 'hello' || event.type === 'log') return state;
  if (event.type === 'failed' && event.race === null) {
    return state.status === 'running' ? { ...state, status: 'failed', failure: event.failure } : state;
  }
  if (event.race !== state.id || state.status !== 'running') return state;
  switch (event.type) {
    case 'started':
      return { ...state, target: event.target, rows: event.rows };
    case 'phase': {
      const { phase: name, variant, mode, round, rounds } = event;
      return { ...state, phase: { name, variant, mode, round, rounds } };
    }
    case 'row':
      return { ...state, rows: replaceRow(state.rows, event.row) };
    case 'note':
      return { ...state, notes: [...state.notes, event.text] };
    case 'comparisons':
      return { ...state, comparisons: event.comparisons };
    case 'report':
      return finishRace(state, event.report);
    case 'failed':
      return {
        ...state,
        status: event.failure.kind === 'cancelled' ? 'cancelled' : 'failed',
        failure: event.failure,
        phase: null,
      };
    default: {
      const never: never = event;
      return never;
    }
  }
}

/** A race as it stands in a stored report. */
export function raceFromReport(id: string, report: Report): RaceState {
  return finishRace(newRace(id), report);
}

function finishRace(state: RaceState, report: Report): RaceState {
  return {
    ...state,
    status: report.status === 'complete' ? 'done' : 'cancelled',
    phase: null,
    target: report.target,
    rows: report.variants,
    comparisons: report.comparisons,
    notes: report.notes,
    report,
  };
}

function replaceRow(rows: readonly VariantResult[], row: VariantResult): readonly VariantResult[] {
  const at = rows.findIndex((each) => each.name === row.name && each.mode === row.mode);
  return at < 0 ? [...rows, row] : rows.with(at, row);
}
