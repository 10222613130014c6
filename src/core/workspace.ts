/**
 * The analysis of files that import each other. Files are read as they are asked for: a file is evaluated with
 * what is known, what it asked for is read, and what missed something is evaluated again.
 */
import type { Analyzer, BodyReader, FileAnalysis, Surroundings } from './analyze';
import type { FileModel } from './infer/model';
import type { FileFacts } from './lower/facts';
import { OtherFiles } from './infer/otherFiles';
import { wantsIn } from './infer/knowledge';
import type { Want } from './infer/knowledge';
import { absoluteModule } from './link/place';
import type { Place } from './link/place';
import type { SourceFile, SourceHost } from './link/sourceHost';
import { RecentBodies } from './lower/recentBodies';
import { inOneGo } from './steps';
import type { Steps } from './steps';
import { outlineOf } from './syntax/outline';
import type { ParseResult, Source } from './syntax/parser';
import { RecentTrees } from './syntax/recentTrees';

/** Each time, names of the files just read may lead on to others. */
const MAX_ROUNDS = 8;

/** Sources that are kept, in characters; with their facts and what they do, each takes five bytes. */
const MOST_CHARACTERS = 100_000_000;

/** Bodies that are kept of other files, in characters of their source; each takes some thirty bytes. */
const MOST_BODIES = 1_000_000;

/** The same of any file, used lately. */
const MOST_RECENT = 2_000_000;

/** Trees that are kept, since more bodies may be asked for; in characters of their source, each of ten bytes. */
const MOST_TREES = 2_000_000;

export class Workspace {
  private readonly others = new OtherFiles();
  /** Facts of files that have been parsed, by their ids. */
  private readonly read = new Map<string, { readonly text: string; readonly facts: FileFacts }>();
  private readonly recent = new RecentBodies(MOST_RECENT);
  private readonly trees = new RecentTrees(MOST_TREES);
  private characters = 0;
  private bodies = 0;

  /**
   * @param parse of other files' texts; trees are freed here
   * @param run of work that may take long
   */
  constructor(
    private readonly host: SourceHost,
    private readonly analyzer: Analyzer,
    private readonly parse: (source: Source) => Promise<ParseResult>,
    private readonly run: <T>(steps: Steps<T>) => Promise<T> = (steps) => Promise.resolve(inOneGo(steps)),
  ) {}

  /** What a file is analysed among. To be asked for each time anew. */
  surroundings(place: Place): Surroundings {
    if (this.characters > MOST_CHARACTERS) this.changed();
    if (this.bodies > MOST_BODIES) this.forgetBodies();
    return { place, others: this.others };
  }

  /**
   * Analyses a file of many, each of which is parsed once, whether it is its turn or another one imports it.
   * @returns null where its text is too tangled to be read in time
   */
  async analyze(place: Place, text: string): Promise<FileAnalysis | null> {
    const facts = this.factsOf(place.id, text) ?? (await this.readFacts(place.id, text));
    if (!facts) return null;
    let broken = false;
    const analysis = await this.analyzeFacts(facts, text, place, () => (broken = true));
    // Where code is broken is told by the tree of the whole text alone.
    const whole = broken ? await this.readWhole(place.id, text) : null;
    const result = broken ? whole && (await this.analyzeFacts(whole, text, place)) : analysis;
    // Its turn is over; if another file imports it only now, which is rare, it is read again.
    if (!this.hasRead(place.id)) this.forget(place.id);
    return result;
  }

  private analyzeFacts(
    facts: FileFacts,
    text: string,
    place: Place,
    whenBroken?: () => void,
  ): Promise<FileAnalysis | null> {
    const bodies = this.bodiesOf(place.id, text, whenBroken);
    return this.complete(this.analyzer.analyzeFacts(facts, text, this.surroundings(place), bodies));
  }

  private forget(id: string): void {
    this.characters -= this.read.get(id)?.text.length ?? 0;
    this.read.delete(id);
  }

  /** Whether a file has been read because another one imports it. */
  hasRead(id: string): boolean {
    return this.others.model(id) !== null;
  }

  /** Files have changed: what was known of them, and whatever followed from that, is forgotten. */
  changed(): void {
    this.others.clear();
    this.read.clear();
    this.trees.clear();
    this.recent.clear();
    this.characters = 0;
    this.bodies = 0;
  }

  private forgetBodies(): void {
    this.others.forgetBodies();
    this.bodies = 0;
  }

  /** Reads bodies of functions of a file: from its tree, while that is there. */
  private bodiesOf(id: string, text: string, whenBroken: () => void = () => undefined): BodyReader {
    return (facts) => {
      this.bodies += facts.def.end - facts.def.start;
      const { start, end } = facts.def;
      const tree = this.trees.get(id, text);
      const { body, broken } = tree
        ? this.analyzer.body(tree, text, facts)
        : this.recent.read(text.slice(start, end), () => this.analyzer.body(null, text, facts));
      if (broken) whenBroken();
      return body;
    };
  }

  /**
   * Reads what an analysis misses, as far as it can be found, and completes the analysis with it.
   * @param isCurrent whether the analysis is still wanted
   * @returns null where it no longer is
   */
  async complete(analysis: FileAnalysis, isCurrent: () => boolean = () => true): Promise<FileAnalysis | null> {
    let result = analysis;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const wanted = wantsOf(result).filter((each) => !this.others.knows(each));
      if (wanted.length === 0) break;
      for (const want of wanted) {
        await this.follow(want);
        if (!isCurrent()) return null;
      }
      this.others.knowledge.dropIncomplete();
      result = await this.run(this.analyzer.again(result));
      if (!isCurrent()) return null;
    }
    return result;
  }

  /** Reads a module, and those to which the wanted name leads from there: re-exports and base classes. */
  private async follow(want: Want): Promise<void> {
    const waiting = [want];
    const seen = new Set<string>();
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { module, root, member } = next;
      const id = [root, module, member ?? ''].join('\0');
      if (seen.has(id)) continue;
      seen.add(id);
      const model = await this.load(next);
      if (model && member !== null) waiting.push(...leadsOf(model, member));
    }
  }

  private async load(want: Want): Promise<FileModel | null> {
    const { module, from, root, member } = want;
    const known = this.others.find(module, { id: from, root }, member);
    if (known === null || !('gap' in known)) return known;
    const { generation } = this.others;
    const source = await this.host.find(module, from);
    const model = source ? (this.others.model(source.id) ?? (await this.modelOf(source))) : null;
    // Files have changed meanwhile, and this text may be an old one: it will be asked for again.
    if (this.others.generation !== generation) return null;
    this.others.add(want, model);
    return model;
  }

  private async modelOf(source: SourceFile): Promise<FileModel | null> {
    const { id, text } = source;
    const facts = this.factsOf(id, text) ?? (await this.readFacts(id, text));
    return facts && this.analyzer.otherFile(facts, source, this.bodiesOf(id, text));
  }

  /** Of most texts an outline is enough, and parses in a third of the time. */
  private async readFacts(id: string, text: string): Promise<FileFacts | null> {
    const outline = outlineOf(text);
    const parsed = outline && (await this.parse(outline));
    if (parsed?.kind !== 'tree') return this.readWhole(id, text);
    try {
      if (!parsed.tree.rootNode.hasError)
        return this.learn(id, text, await this.run(this.analyzer.facts(parsed.tree, text)));
    } finally {
      parsed.tree.delete();
    }
    return this.readWhole(id, text);
  }

  private async readWhole(id: string, text: string): Promise<FileFacts | null> {
    const parsed = await this.parse(text);
    if (parsed.kind !== 'tree') return null;
    const facts = await this.run(this.analyzer.facts(parsed.tree, text));
    if (facts) this.trees.keep(id, text, parsed.tree);
    else parsed.tree.delete();
    return this.learn(id, text, facts);
  }

  private learn(id: string, text: string, facts: FileFacts | null): FileFacts | null {
    if (!facts) return null;
    if (!this.read.has(id)) this.characters += text.length;
    this.read.set(id, { text, facts });
    return facts;
  }

  private factsOf(id: string, text: string): FileFacts | null {
    const known = this.read.get(id);
    return known?.text === text ? known.facts : null;
  }
}

function wantsOf({ session, functions }: FileAnalysis): readonly Want[] {
  const reads = new Set<string>();
  for (const each of [...session.knownSummaries(), ...functions]) for (const key of each.reads) reads.add(key);
  return wantsIn(reads);
}

/** Where the name of a file leads: to what it is imported from, and to what its class derives from. */
function leadsOf(file: FileModel, name: string): readonly Want[] {
  const { place } = file;
  if (!place) return [];
  const leads: Want[] = [];
  const lead = (module: string, member: string | null): void => {
    const absolute = absoluteModule(module, place);
    if (absolute !== null) leads.push({ module: absolute, from: place.id, root: place.root, member });
  };
  // Classes of a file may derive from each other in a circle, or in many ways from one.
  const names = new Set([name]);
  for (const each of names) {
    const bindings = file.scope.lookup(each);
    if (bindings.length === 0) for (const module of file.scope.starred) lead(module, each);
    for (const binding of bindings) {
      if (binding.kind === 'import') lead(binding.module, binding.member);
      if (binding.kind !== 'class') continue;
      for (const base of file.classFacts(binding.key)?.statement.bases ?? [])
        if (base.name === null && base.value.kind === 'name') names.add(base.value.name);
    }
  }
  return leads;
}
