/**
 * Texts that are being edited, analysed again and again: parsing, evaluation and findings in slices, so that their
 * host is never held for long, each beginning with what still holds of the text's last analysis.
 */
import type { Language } from 'web-tree-sitter';
import { Analyzer } from './analyze';
import type { FileAnalysis } from './analyze';
import { findingsInSteps } from './findings';
import type { Place } from './link/place';
import type { SourceHost } from './link/sourceHost';
import { raceSubjectsInSteps } from './request/subjects';
import type { RaceSubject } from './request/subject';
import type { Finding } from './rules/finding';
import { inSlices } from './steps';
import { PythonParser } from './syntax/parser';
import type { Pace, ParseResult, Source } from './syntax/parser';
import { TreeCache } from './syntax/treeCache';
import { Workspace } from './workspace';

export type LiveResult =
  | {
      readonly kind: 'analysis';
      readonly file: FileAnalysis;
      readonly findings: readonly Finding[];
      readonly subjects: readonly RaceSubject[];
    }
  /** The text is no longer the newest. */
  | { readonly kind: 'cancelled' }
  /** Continues a sentence that begins with the text's name. */
  | { readonly kind: 'tangled'; readonly reason: string };

export class LiveAnalyses {
  readonly workspace: Workspace;
  private readonly analyzer: Analyzer;
  private readonly trees: TreeCache;
  /** The last analysis of each text, from which the next takes over what still holds; the newest last. */
  private readonly previous = new Map<string, FileAnalysis>();

  /** @param capacity texts whose trees and analyses are kept; a tree takes about ten times its text's memory */
  constructor(
    private readonly language: Language,
    host: SourceHost,
    private readonly pace: Pace,
    private readonly capacity: number,
  ) {
    this.analyzer = new Analyzer(language, () => pace.now());
    this.trees = new TreeCache(language, capacity);
    this.workspace = new Workspace(
      host,
      this.analyzer,
      (source) => this.parseAlone(source),
      async (steps) => {
        const done = await inSlices(steps, pace, () => false);
        if (done.kind === 'done') return done.value;
        throw new Error('nobody cancelled');
      },
    );
  }

  /**
   * @param key of the text, under which its earlier versions are known
   * @param place null for a text that stands for itself
   * @param isCurrent whether this is still the newest version of the text
   */
  async analyze(key: string, text: string, place: Place | null, isCurrent: () => boolean): Promise<LiveResult> {
    const parsed = await this.trees.parse(key, text, this.pace);
    if (parsed.kind === 'tangled') return { kind: 'tangled', reason: 'it is too tangled to be parsed in time' };
    if (parsed.kind === 'cancelled' || !isCurrent()) return { kind: 'cancelled' };
    const cancelled = () => !isCurrent();
    // The end of one slice and the beginning of another would hold the host for both.
    await this.pace.breathe();
    if (cancelled()) return { kind: 'cancelled' };
    // Of the cache's tree nobody knows how long it stays.
    const tree = parsed.tree.copy();
    const among = place ? this.workspace.surroundings(place) : null;
    const steps = this.analyzer.analyzeInSteps(tree, text, this.previous.get(key) ?? null, 'needed', among);
    const alone = await inSlices(steps, this.pace, cancelled).finally(() => {
      tree.delete();
    });
    if (alone.kind === 'cancelled') return alone;
    if (!alone.value) return { kind: 'tangled', reason: 'it is too tangled to be analysed in time' };
    const file = await this.workspace.complete(alone.value, isCurrent);
    if (!file) return { kind: 'cancelled' };
    this.remember(key, file);
    await this.pace.breathe();
    const findings = await inSlices(findingsInSteps(file, false), this.pace, cancelled);
    if (findings.kind === 'cancelled') return findings;
    await this.pace.breathe();
    const subjects = await inSlices(raceSubjectsInSteps(file), this.pace, cancelled);
    if (subjects.kind === 'cancelled' || !isCurrent()) return { kind: 'cancelled' };
    return { kind: 'analysis', file, findings: findings.value, subjects: subjects.value };
  }

  /** Analyses a text that is no document, whole and in one go. */
  analyzeText(text: string): FileAnalysis | null {
    const parser = new PythonParser(this.language);
    const parsed = parser.parse(text, this.pace);
    parser.dispose();
    if (parsed.kind !== 'tree') return null;
    const analysis = this.analyzer.analyze(parsed.tree, text, null, 'all');
    parsed.tree.delete();
    return analysis;
  }

  forget(key: string): void {
    this.previous.delete(key);
    this.trees.drop(key);
  }

  dispose(): void {
    this.trees.dispose();
  }

  private remember(key: string, file: FileAnalysis): void {
    this.previous.delete(key);
    this.previous.set(key, file);
    const [oldest] = this.previous.keys();
    if (this.previous.size > this.capacity && oldest !== undefined) this.previous.delete(oldest);
  }

  private async parseAlone(source: Source): Promise<ParseResult> {
    const parser = new PythonParser(this.language);
    try {
      return await parser.parseInSlices(source, this.pace, { cancelled: () => false });
    } finally {
      parser.dispose();
    }
  }
}
