/**
 * TOML 1.0 as plain data. It reads every document that is TOML, and does not refuse each one that is not: a table
 * may be opened twice, and numbers and dates are not looked at closely, for nothing here asks for them.
 */

/** The port behind which a reader of TOML stands. */
export type TomlReader = (text: string) => TomlResult;

export type TomlResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  /** @property line counted from 1 */
  | { readonly ok: false; readonly line: number; readonly message: string };

export const readToml: TomlReader = (text) => new Reader(text).read();

type Table = Record<string, unknown>;

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' },
};

class Reader {
  private at = 0;
  private problem: { readonly line: number; readonly message: string } | null = null;

  constructor(private readonly text: string) {}

  read(): TomlResult {
    const root = newTable();
    let table: Table | null = root;
    for (
      this.skip(/(?:[ \t\r\n]|#[^\n]*)*/y);
      table && this.at < this.text.length;
      this.skip(/(?:[ \t\r\n]|#[^\n]*)*/y)
    ) {
      table = this.taken('[') ? this.header(root) : this.pair(table) ? table : null;
      if (table && this.match(/[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/y) === null) this.fail('a line ends with its value');
      if (this.problem) return { ok: false, ...this.problem };
    }
    return { ok: true, value: root };
  }

  private header(root: Table): Table | null {
    const isList = this.taken('[');
    const path = this.key();
    if (!path || !(this.taken(isList ? ']]' : ']') || this.fail("a table's name ends with ]"))) return null;
    const last = path.pop() ?? '';
    const parent = this.descend(root, path);
    if (!parent) return null;
    const known = parent[last];
    if (!isList) return this.descend(parent, [last]);
    const table = newTable();
    if (known !== undefined && !Array.isArray(known)) return this.fail(`${last} is no list of tables`);
    parent[last] = [...((known as unknown[] | undefined) ?? []), table];
    return table;
  }

  private pair(table: Table): boolean {
    const path = this.key();
    if (!path) return false;
    this.skip(/[ \t]*/y);
    if (!this.taken('=')) return this.fail('= is missing') ?? false;
    this.skip(/[ \t]*/y);
    const value = this.value();
    if (value === undefined) return false;
    const last = path.pop() ?? '';
    const parent = this.descend(table, path);
    if (!parent) return false;
    if (Object.hasOwn(parent, last)) return this.fail(`${last} is given twice`) ?? false;
    parent[last] = value;
    return true;
  }

  /** The table at a path, made where it is not there; of a list of tables, the last. */
  private descend(from: Table, path: readonly string[]): Table | null {
    let table = from;
    for (const name of path) {
      const known = (table[name] ??= newTable());
      const next: unknown = Array.isArray(known) ? known.at(-1) : known;
      if (typeof next !== 'object' || next === null) return this.fail(`${name} is no table`);
      table = next as Table;
    }
    return table;
  }

  private key(): string[] | null {
    const path: string[] = [];
    do {
      this.skip(/[ \t]*/y);
      const quote = this.text[this.at];
      const word = quote === '"' || quote === "'" ? this.string() : this.match(/[\w-]+/y);
      if (word === undefined || word === null) return this.fail('a key is missing');
      path.push(word);
      this.skip(/[ \t]*/y);
    } while (this.taken('.'));
    return path;
  }

  /** @returns undefined where there is none */
  private value(): unknown {
    const first = this.text[this.at];
    if (first === '"' || first === "'") return this.string();
    if (this.taken('[')) return this.list();
    if (this.taken('{')) return this.inlineTable();
    const word = this.match(/\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]*|[^\s,\]}#]+/y);
    if (word === 'true' || word === 'false') return word === 'true';
    if (word !== null && /^[+-]?(?:\d|inf$|nan$)/.test(word)) {
      const number = Number(word.replaceAll('_', ''));
      return /^\d+[-:]/.test(word) ? new Date(Number.NaN) : number;
    }
    this.fail(word === null ? 'a value is missing' : `${word} is no value; text stands in quotes`);
    return undefined;
  }

  private list(): unknown[] | undefined {
    const blank = /(?:[ \t\r\n]|#[^\n]*)*/y;
    const values: unknown[] = [];
    for (this.skip(blank); !this.taken(']'); this.skip(blank)) {
      const value = this.value();
      if (value === undefined) return undefined;
      values.push(value);
      this.skip(blank);
      if (!this.taken(',') && this.text[this.at] !== ']') {
        this.fail('a list goes on with , or ends with ]');
        return undefined;
      }
    }
    return values;
  }

  private inlineTable(): Table | undefined {
    const table = newTable();
    this.skip(/[ \t]*/y);
    if (this.taken('}')) return table;
    do {
      if (!this.pair(table)) return undefined;
      this.skip(/[ \t]*/y);
    } while (this.taken(','));
    if (this.taken('}')) return table;
    this.fail('an inline table goes on with , or ends with }');
    return undefined;
  }

  private string(): string | undefined {
    const quote = this.text[this.at] ?? '';
    const isLong = this.text.startsWith(quote.repeat(3), this.at);
    this.at += isLong ? 3 : 1;
    if (isLong) this.skip(/\r?\n?/y);
    const body =
      quote === '"'
        ? this.match(isLong ? /(?:[^"\\]|\\[^]|"(?!""))*"{0,2}(?=""")/y : /(?:[^"\\\n]|\\[^\n])*(?=")/y)
        : this.match(isLong ? /(?:[^']|'(?!''))*'{0,2}(?=''')/y : /[^'\n]*(?=')/y);
    if (body === null) {
      this.fail('a string is not closed');
      return undefined;
    }
    this.at += isLong ? 3 : 1;
    if (quote === "'") return body;
    const pattern = /\\(?:[ \t]*\r?\n\s*|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/g;
    return body.replace(pattern, (_, short?: string, long?: string, letter?: string) => {
      const code = short ?? long;
      if (code !== undefined) return String.fromCodePoint(Math.min(parseInt(code, 16), 0x10ffff));
      if (letter === undefined) return '';
      const unit = ESCAPES[letter];
      if (unit === undefined) this.fail(`\\${letter} stands for nothing`);
      return unit ?? '';
    });
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found?.[0] ?? null;
  }

  private skip(pattern: RegExp): void {
    this.match(pattern);
  }

  private taken(token: string): boolean {
    const is = this.text.startsWith(token, this.at);
    if (is) this.at += token.length;
    return is;
  }

  /** The first problem counts. */
  private fail(message: string): null {
    this.problem ??= { line: this.text.slice(0, this.at).split('\n').length, message };
    return null;
  }
}

/** Without a prototype: `__proto__` is a key like any other. */
function newTable(): Table {
  return Object.create(null) as Table;
}
