/** What a screen reader is told of a race, and how often: phases without counters, then the verdicts. */
import type { RaceState } from '../../protocol';
import { phaseText } from './activity';
import { verdictLines } from './verdicts';

export function announcement(race: RaceState): string {
  if (race.status === 'running') return `${phaseText(race)}.`;
  const failure = race.status === 'failed' && race.failure ? [`The race failed: ${race.failure.message}`] : [];
  return [...failure, ...verdictLines(race).map((line) => line.text)].join(' ');
}

/** Puts texts into a live region, at most one in `gap` milliseconds; of those in between, the last one. */
export class Announcer {
  private last = -Infinity;
  private waiting: string | null = null;

  constructor(
    private readonly region: { textContent: string | null },
    private readonly clock: { now(): number; after(milliseconds: number, then: () => void): void },
    private readonly gap = 4000,
  ) {}

  announce(text: string): void {
    if (text === (this.waiting ?? this.region.textContent)) return;
    const wait = this.last + this.gap - this.clock.now();
    if (wait <= 0) {
      this.say(text);
    } else {
      if (this.waiting === null) this.clock.after(wait, () => this.sayWaiting());
      this.waiting = text;
    }
  }

  private sayWaiting(): void {
    const text = this.waiting;
    this.waiting = null;
    if (text !== null && text !== this.region.textContent) this.say(text);
  }

  private say(text: string): void {
    this.last = this.clock.now();
    this.region.textContent = text;
  }
}
