/** Asks an interpreter what it is, without importing any framework. */
import path from 'node:path';
import * as v from 'valibot';
import { withoutControls } from '../runner/tail';
import type { RunProgram } from './runProgram';

/** The runner's floor. */
export const OLDEST_PYTHON: readonly [number, number] = [3, 10];

/** Starting an interpreter takes well under a second; a network drive may need more. */
const PROBE_DEADLINE_MS = 10_000;

/**
 * `-I` would keep the working folder out of the search path, but it hides packages of the user's own site folder,
 * too; so the empty entry is removed before anything is imported, and the working folder is a private one.
 */
const SCRIPT = `
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import importlib.util, json
def version(name):
    if importlib.util.find_spec(name) is None:
        return None
    from importlib import metadata
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "unknown"
found = {name: version(name) for name in ("torch", "jax", "numpy")}
print(json.dumps({"python": list(sys.version_info[:3]), "executable": sys.executable, "packages": found}))
`;

const Answer = v.object({
  python: v.tuple([v.number(), v.number(), v.number()]),
  executable: v.string(),
  packages: v.object({
    torch: v.nullable(v.string()),
    jax: v.nullable(v.string()),
    numpy: v.nullable(v.string()),
  }),
});

/** An interpreter that can run the runner. */
export interface Interpreter {
  /** As Python itself knows it: a virtual environment's own path, and what a version manager's shim leads to. */
  readonly executable: string;
  readonly version: readonly [number, number, number];
  /** Installed versions, `unknown` where a package tells none; null where it is absent. */
  readonly packages: { readonly torch: string | null; readonly jax: string | null; readonly numpy: string | null };
}

export type ProbeResult =
  | { readonly ok: true; readonly interpreter: Interpreter }
  /** `reason` continues a sentence that begins with the executable. */
  | { readonly ok: false; readonly reason: string };

export interface ProbeOptions {
  readonly environment: Record<string, string>;
  /** A private, empty folder. */
  readonly cwd: string;
  /** Ends what is running. */
  readonly signal?: AbortSignal;
}

export async function probe(executable: string, options: ProbeOptions, run: RunProgram): Promise<ProbeResult> {
  const result = await run([executable, '-c', SCRIPT], {
    ...options,
    deadline: PROBE_DEADLINE_MS,
    tether: executable,
  });
  switch (result.kind) {
    case 'notStarted':
      return { ok: false, reason: `cannot be started (${result.reason})` };
    case 'timedOut':
      return { ok: false, reason: `did not answer within ${PROBE_DEADLINE_MS / 1000} s` };
    case 'cancelled':
      return { ok: false, reason: 'was not asked to the end' };
    case 'exit':
      return result.code === 0
        ? read(executable, result.stdout)
        : { ok: false, reason: `is no working Python (${lastLine(result.stderr) || `exit status ${result.code}`})` };
  }
}

function read(executable: string, output: string): ProbeResult {
  // What `sitecustomize` prints comes before.
  const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), Answer), output.trimEnd().split('\n').at(-1) ?? '');
  if (!answer.success) return { ok: false, reason: 'is no Python: it answered something else' };
  const { python, packages } = answer.output;
  // An embedded interpreter may not know its own path.
  const own = path.isAbsolute(answer.output.executable) ? answer.output.executable : executable;
  const [major, minor] = python;
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
    return { ok: false, reason: `is Python ${python.join('.')}; ${OLDEST_PYTHON.join('.')} or newer is needed` };
  }
  return { ok: true, interpreter: { executable: own, version: python, packages } };
}

function lastLine(text: string): string {
  return withoutControls(text).trimEnd().split('\n').at(-1)?.slice(0, 200) ?? '';
}
