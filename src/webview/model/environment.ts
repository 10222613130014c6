/** What a race's numbers hold for, as pairs of a name and a text. */
import { formatCount, significant } from '../../protocol';
import type { Device, Fingerprint, RaceState } from '../../protocol';

export interface Fact {
  readonly name: string;
  readonly text: string;
}

const NAMED = new Set(['device', 'device_kind', 'driver', 'python', 'torch', 'jax', 'threads', 'precision', 'load']);

/** The report's fingerprint; before there is one, what the workers have told. */
export function environmentFacts(race: RaceState): readonly Fact[] {
  return race.report ? fingerprintFacts(race.report.fingerprint) : workerFacts(race);
}

function fingerprintFacts(print: Fingerprint): readonly Fact[] {
  return [
    { name: 'Device', text: print.device },
    ...known('Driver', print.driver),
    { name: 'Threads', text: String(print.threads) },
    { name: 'Precision', text: print.precision },
    ...known('Load', print.load === null ? null : significant(print.load, 2)),
    ...known('Python', print.python),
    { name: 'PyTorch', text: print.torch ?? 'not installed' },
    { name: 'JAX', text: print.jax ?? 'not installed' },
  ];
}

function workerFacts(race: RaceState): readonly Fact[] {
  const environments = (['torch', 'jax'] as const).flatMap((each) => race.workers[each]?.environment ?? []);
  const [first] = environments;
  return [
    ...known('Device', first ? first.devices.map(deviceText).join(', ') : null),
    ...known('Threads', first ? String(first.threads) : null),
    ...known('Python', first?.python ?? null),
    ...environments.flatMap((each) => known(each.framework === 'torch' ? 'PyTorch' : 'JAX', each.version)),
  ];
}

function deviceText(device: Device): string {
  return device.memory_bytes === null ? device.name : `${device.name}, ${formatCount(device.memory_bytes, 'B')}`;
}

/** Everything else that was recorded: flags, clocks, and what newer runners add. */
export function furtherFacts(race: RaceState): readonly Fact[] {
  const executables = (['torch', 'jax'] as const).flatMap((each) => {
    const executable = race.workers[each]?.environment?.executable;
    return known(`${each} interpreter`, executable ?? null);
  });
  if (!race.report) return executables;
  const recorded = Object.entries(race.report.fingerprint).flatMap(([name, value]) => {
    if (NAMED.has(name) || value === null || value === undefined) return [];
    if (typeof value !== 'object') return [{ name, text: scalarText(value) }];
    return Object.entries(value).map(([key, each]) => ({ name: key, text: scalarText(each) }));
  });
  return [...executables, ...recorded];
}

function scalarText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function known(name: string, text: string | null): readonly Fact[] {
  return text === null || text === '' ? [] : [{ name, text }];
}
