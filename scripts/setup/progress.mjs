/** Tells on standard error what a script is doing and for how long, so that a long installation is no silence. */
import process from 'node:process';

const HEARTBEAT_MS = 10_000;

/**
 * What a step came to. Expected failures are values: they say what is wrong and the way out.
 * @template T
 * @typedef {{ ok: true, value: T } | { ok: false, problem: string, remedy: string }} Outcome
 */

/** @typedef {ReturnType<typeof createProgress>} Progress */

export function createProgress(stream = process.stderr) {
  return {
    /**
     * @template T
     * @param {string} title
     * @param {() => Promise<Outcome<T>>} work
     * @returns {Promise<Outcome<T>>}
     */
    async step(title, work) {
      const start = performance.now();
      const elapsed = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
      stream.write(`${title} …\n`);
      const heartbeat = setInterval(() => stream.write(`${title} … ${elapsed()}\n`), HEARTBEAT_MS);
      try {
        const outcome = await work();
        stream.write(`${title}: ${outcome.ok ? 'done' : 'failed'} (${elapsed()})\n`);
        return outcome;
      } finally {
        clearInterval(heartbeat);
      }
    },
    /** @param {string} text */
    say(text) {
      stream.write(`${text}\n`);
    },
  };
}

/**
 * @template T
 * @param {T} value
 * @returns {Outcome<T>}
 */
export function success(value) {
  return { ok: true, value };
}

/**
 * @param {string} problem
 * @param {string} remedy
 * @returns {{ ok: false, problem: string, remedy: string }}
 */
export function failure(problem, remedy) {
  return { ok: false, problem, remedy };
}

/**
 * @param {{ problem: string, remedy: string }} failed
 * @returns {string} lines for a person
 */
export function explained({ problem, remedy }) {
  return remedy === '' ? problem : `${problem}\n${remedy}`;
}
