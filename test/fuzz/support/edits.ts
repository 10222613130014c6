/** What a reader does to a text, one change after the other. Most leave code that parses; some tear it and mend it. */
import type { Chance } from './chance';
import { Expressions, FIELDS, NAMES } from './expressions';
import { changed, changeOf } from './mutations';

const LINES = ['y = self.fc(x)', 'self.extra = nn.Linear(4, 8)', 'x = x @ w', 'return x @ x', 'w = torch.zeros(3, 4)', '# shape: x=f32[2, 3]', '# matmul-lens: ignore', 'pass', 'for i in range(3):  x = x @ w', 'B, T, C = x.shape', 'a = helper(x, w)', 'self.head = self.fc']; // prettier-ignore
const DEFINITIONS = ['def more(self, z):\n    return self.fc(z) @ z', 'def f(a, b):\n    return a @ b', 'class A(nn.Linear):\n    pass', 'def helper(x, w=None):\n    return f(x, w).view(2, 3)', '@torch.compile\ndef g(x):\n    return helper(x) @ x']; // prettier-ignore

/** The text after each step. */
export function typed(chance: Chance, first: string, most: number): readonly string[] {
  const texts = [first];
  const steps = 1 + chance.below(most);
  while (texts.length <= steps) {
    const now = texts.at(-1) ?? first;
    // Back to what was there before, too.
    texts.push(chance.once(5) ? chance.pick(texts) : edited(chance, now));
  }
  return texts;
}

function edited(chance: Chance, text: string): string {
  const lines = text.split('\n');
  const at = chance.below(lines.length);
  const line = lines[at] ?? '';
  const indentation = /^[ \t]*/.exec(line)?.[0] ?? '';
  const insert = (added: string): string =>
    lines.toSpliced(at, 0, ...added.split('\n').map((each) => indentation + each)).join('\n');
  switch (chance.below(10)) {
    case 0:
    case 1:
      return insert(chance.pick(LINES));
    case 2:
      return insert(chance.pick(DEFINITIONS));
    case 3:
      return lines.toSpliced(at, 1).join('\n');
    case 4:
      return insert(line.trim());
    case 5:
      return replaced(chance, text, /\b[^\W\d]\w*\b/g, () => chance.pick([...NAMES, ...FIELDS]));
    case 6:
      return replaced(chance, text, /\b\d+\b/g, () => chance.pick(['2', '3', '64', 'n']));
    case 7:
      return insert(`y = ${new Expressions(chance, ['f', 'helper', 'A']).any()}`);
    case 8:
      return insert('\n');
    default:
      return changed(text, changeOf(chance, text));
  }
}

/** One of the places that match, written in another way. */
function replaced(chance: Chance, text: string, what: RegExp, by: () => string): string {
  const places = [...text.matchAll(what)];
  if (places.length === 0) return text;
  const place = chance.pick(places);
  return changed(text, { start: place.index, end: place.index + place[0].length, text: by() });
}
