/** All the ways in which one call of an operation can be written. */
import type { Op } from '../../../src/core/translate/op';

/** A call as Python source, and what it stands for. */
export interface Spelling {
  /** The name or method that is called: `torch.sum`, `.sum`. */
  readonly called: string;
  readonly code: string;
}

interface Argument {
  readonly name: string;
  readonly value: string;
}

/** NumPy's words, which PyTorch takes, too. */
const NUMPY_WORDS: Readonly<Record<string, string>> = { dim: 'axis', keepdim: 'keepdims' };

/**
 * Spellings of a sample such as `x; dim=-1; keepdim=True`: by function and by method, each with arguments by
 * position, by keyword, and by NumPy's keywords. PyTorch itself refuses some of them.
 */
export function spellingsOf(op: Op, sample: string): readonly Spelling[] {
  const args = argumentsOf(op, sample);
  const found = new Map<string, Spelling>();
  const add = (called: string, code: string): void => {
    found.set(code, { called, code });
  };
  for (const name of op.names) {
    for (const form of forms(op, args, 0)) add(name, `${name}(${form})`);
  }
  const [receiver, ...rest] = args;
  if (receiver)
    for (const method of op.methods) {
      for (const form of forms(op, rest, 1)) add(`.${method}`, `${grouped(receiver.value)}.${method}(${form})`);
    }
  return [...found.values()];
}

function argumentsOf(op: Op, sample: string): readonly Argument[] {
  if (sample === '') return [];
  return sample.split('; ').map((each, at) => {
    const named = /^(\w+)=(?!=)(.*)$/.exec(each);
    return { name: named?.[1] ?? plain(op.parameters[at] ?? ''), value: named?.[2] ?? each };
  });
}

/** Ready for a dot after it. */
const grouped = (value: string): string => (/^[a-z]\w*$/.test(value) ? value : `(${value})`);

const plain = (parameter: string): string => parameter.replace('...', '');

/** The same arguments, written in every order and form; `shift` parameters come before them. */
function forms(op: Op, args: readonly Argument[], shift: number): readonly string[] {
  const inOrder = args.findIndex(
    ({ name }, at) => at + shift >= op.positional || plain(op.parameters[at + shift] ?? '') !== name,
  );
  const positional = inOrder < 0 ? args.length : inOrder;
  const spread = op.parameters.find((each) => each.endsWith('...'));
  const one = (each: Argument): string =>
    spread !== undefined &&
    plain(spread) === each.name &&
    each.value.includes(', ') &&
    !/^[[(][^\])]*[\])]$/.test(each.value)
      ? `(${each.value})`
      : each.value;
  const write = (count: number, value: (each: Argument) => string, word: (name: string) => string): string =>
    args.map((each, at) => (at < count ? value(each) : `${word(each.name)}=${one(each)}`)).join(', ');
  const same = (name: string): string => name;
  const numpy = (name: string): string => NUMPY_WORDS[name] ?? name;
  return [
    write(positional, (each) => each.value, same),
    write(positional, one, same),
    write(Math.min(positional, shift === 0 ? 1 : 0), one, same),
    write(0, one, same),
    write(Math.min(positional, shift === 0 ? 1 : 0), one, numpy),
  ];
}
