/** What races said of the fixes in functions that have not been edited since. */
import type { Finding, RaceSubject } from '../../core';
import { REWRITE } from '../../protocol';
import type { DeviceKind, RewriteOutcome } from '../../protocol';
import { bodyDigest } from '../analysis/snapshot';
import type { Snapshot } from '../analysis/snapshot';
import type { RaceHistory } from '../race/raceHistory';

export class RacedSites {
  readonly onDidChange;

  constructor(private readonly history: RaceHistory) {
    this.onDidChange = history.onDidChange;
  }

  /** For findings of a snapshot: what the newest race of the function around it, on this kind of device, has decided. */
  of(snapshot: Snapshot, device: DeviceKind): (finding: Finding) => RewriteOutcome | null {
    const known = new Map<RaceSubject, RewriteOutcome | null>();
    return (finding) => {
      if (!finding.fixes.some((each) => each.variant === REWRITE && each.edits.length > 0)) return null;
      const subject = snapshot.subjects.find(({ body }) => body.start <= finding.start && finding.end <= body.end);
      if (!subject) return null;
      const outcome = known.has(subject) ? known.get(subject) : this.outcomeOf(snapshot, subject, device);
      known.set(subject, outcome ?? null);
      return outcome ?? null;
    };
  }

  private outcomeOf(snapshot: Snapshot, subject: RaceSubject, device: DeviceKind): RewriteOutcome | null {
    const mark = this.history.markOf({ uri: snapshot.part.document.uri, qualname: subject.qualname });
    if (!mark?.rewrite || mark.synthetic || mark.deviceKind !== device) return null;
    return mark.digest === bodyDigest(snapshot, subject) ? mark.rewrite : null;
  }
}
