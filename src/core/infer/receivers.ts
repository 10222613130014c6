/** Functions and classes that may run a module which a caller hands to them, judged by their text alone. */
import type { FunctionFacts } from '../lower/facts';

/** A name that is called, by itself, as an item or by an attribute. */
const CALLED = /(?<![\w.])([A-Za-z_]\w*)\s*(?:\(|\[[^\]\n]*\]\s*\(|(?:\s*\.\s*\w+)+\s*\()/g;
const LOOPED = /\bfor\b[^:\n]*?\bin\b([^:\n]*)/g;
const CHECKPOINTED = /checkpoint\w*\s*\(\s*([A-Za-z_]\w*)/g;

/** Whether a function calls one of its parameters, or what is in it. @param code of the whole definition */
export function receives({ def }: FunctionFacts, code: string): boolean {
  const parameters = new Set(def.parameters.map(({ name }) => name).filter((name) => name !== 'self'));
  if (parameters.size === 0) return false;
  for (const pattern of [CALLED, CHECKPOINTED])
    for (const [, name = ''] of code.matchAll(pattern)) if (parameters.has(name)) return true;
  for (const [, where = ''] of code.matchAll(LOOPED))
    for (const [name] of where.matchAll(/[A-Za-z_]\w*/g)) if (parameters.has(name)) return true;
  return false;
}

/** Functions of other files that give back what they are given, or run it in their caller's place. */
const PASSES_ON =
  /checkpoint|compile|script|trace|jit|copy|partial|norm|orthogonal|wraps|Sequential|^(?:list|tuple|dict|map|zip|enumerate|reversed|append|extend|add_module|insert)$/;

/** How far back the beginning of a call is looked for. */
const FARTHEST = 600;

/** The functions and classes of a file. */
export interface Own {
  readonly names: ReadonlySet<string>;
  /** Those that may run what is handed to them. */
  readonly receivers: ReadonlySet<string>;
}

/** Whether what stands at a place in code may be handed to something that runs it. */
export function mayBeRun(code: string, at: number, { names, receivers }: Own): boolean {
  const callee = calleeAround(code, at);
  if (callee === null) return true;
  return names.has(callee) ? receivers.has(callee) : PASSES_ON.test(callee);
}

/** The last name of what is called with what stands at a place; null where that is no argument. */
function calleeAround(code: string, at: number): string | null {
  let depth = 0;
  const first = Math.max(at - FARTHEST, 0);
  for (let place = at - 1; place >= first; place--) {
    const mark = code[place];
    if (mark === ')' || mark === ']' || mark === '}') depth++;
    else if (mark === '(' || mark === '[' || mark === '{') depth--;
    if (depth < 0) return /([A-Za-z_]\w*)\s*$/.exec(code.slice(first, place))?.[1] ?? null;
  }
  return null;
}
