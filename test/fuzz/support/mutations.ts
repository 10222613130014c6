/** Changes to a text as editing, merging and broken files make them. */
import type { Chance } from './chance';

/** One replacement. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const TOKENS = ['(', ')', '[', ']', '{', '}', '"', "'", '"""', "'''", '@', ' @ ', ':', ',', '.', '=', '\\', '\n', '\r\n', '\r', '\t', '    ', '#', 'f"{', ' if ', ' for ', ' in ', 'lambda ', 'def ', 'class ', 'return ', 'import ', '*', '**', ':=', ' else ', 'async ', 'self.', 'x', '0', '...', '\nx @ w\n', '\n    return x @ x\n', '\n# shape: x=f32[2, 3]\n', '\n# matmul-lens: ignore\n', 'torch.matmul(', 'nn.Linear(4, 8)', '\n    def forward(self, x):\n        return self.fc(x)\n', '\nclass A(A):\n    pass\n']; // prettier-ignore
const NOISE = [
  '\0',
  '\ufeff',
  '\ud800',
  '\udc00',
  '🚀',
  'é',
  '\u2028',
  '\u202e',
  '\u200b',
  '\u00a0',
  '\x1b[31m',
  '\f',
  '\v',
  '\ufffd',
  '漢',
];

export function changeOf(chance: Chance, text: string): Change {
  const place = (): number => chance.below(text.length + 1);
  const at = place();
  const span = (most: number): number => Math.min(text.length, at + chance.below(most + 1));
  switch (chance.below(9)) {
    case 0:
      return { start: at, end: span(3), text: '' };
    case 1:
      return { start: at, end: span(200), text: '' };
    case 2:
    case 3:
      return { start: at, end: at, text: chance.pick(TOKENS) };
    case 4:
      return { start: at, end: span(4), text: chance.pick(TOKENS) };
    case 5:
      return { start: at, end: at, text: chance.pick(NOISE) };
    case 6: {
      // A part of the text once more, elsewhere.
      const from = place();
      return { start: at, end: at, text: text.slice(from, from + chance.below(120)) };
    }
    case 7:
      return swapped(text, at);
    default:
      return { start: at, end: span(1), text: chance.pick(['', ' ', '\n', 'x', '_']) };
  }
}

export function changed(text: string, { start, end, text: added }: Change): string {
  return text.slice(0, start) + added + text.slice(end);
}

/** What a file as a whole may have in another way. */
export function otherwise(chance: Chance, text: string): string {
  switch (chance.below(12)) {
    case 0:
      return text.replaceAll('\n', '\r\n');
    case 1:
      return text.replaceAll('\n', '\r');
    case 2:
      return text.replaceAll('    ', '\t');
    case 3:
      return `\ufeff${text}`;
    case 4:
      return text.slice(0, chance.below(text.length + 1));
    case 5:
      return text.slice(chance.below(text.length + 1));
    default:
      return text;
  }
}

/** The line at a place and the one below it change places. */
function swapped(text: string, at: number): Change {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const middle = text.indexOf('\n', start);
  const last = middle < 0 ? -1 : text.indexOf('\n', middle + 1);
  if (last < 0) return { start: at, end: at, text: '\n' };
  return { start, end: last, text: `${text.slice(middle + 1, last)}\n${text.slice(start, middle)}` };
}
