/** What remains of the rules' findings when every layer of the configuration has been heard. */
import type { RewriteOutcome } from '../../protocol/rewriteOutcome';
import type { DeviceKind } from '../../protocol/vocabulary';
import { evidenceStatus } from '../rules/evidence/evidence';
import type { Finding, Severity } from '../rules/finding';
import type { RuleLayer } from './ruleLayer';

/** `named`: a selection asks for it, so that what only a lightbulb offers is shown, too. */
type Standing = 'off' | 'on' | 'named';

export class RuleView {
  private readonly standings = new Map<string, Standing>();

  /**
   * @param layers from the weakest to the strongest
   * @param device on which the code is meant to run: where a rule's gain was not measured, it waits to be asked
   */
  constructor(
    private readonly layers: readonly RuleLayer[],
    private readonly device: DeviceKind = 'cpu',
  ) {}

  /** The findings of rules that are on, as grave as the configuration has them. */
  of<T extends Pick<Finding, 'code' | 'severity'>>(findings: readonly T[]): readonly T[] {
    return findings.flatMap((each) => {
      if (this.standing(each.code) === 'off') return [];
      const severity = this.severityOf(each.code) ?? each.severity;
      return [severity === each.severity ? each : { ...each, severity }];
    });
  }

  isOn(code: string): boolean {
    return this.standing(code) !== 'off';
  }

  /**
   * Whether it is to be seen without being asked for: drawn into the code, told in text.
   * @param raced what a race of this very code on this kind of device has said of the fix; it outweighs what the rule
   *   gains elsewhere
   */
  isShown(
    { code, surface, severity }: Pick<Finding, 'code' | 'surface' | 'severity'>,
    raced: RewriteOutcome | null = null,
  ): boolean {
    const standing = this.standing(code);
    if (standing === 'named') return true;
    if (standing !== 'on' || surface !== 'hint') return false;
    if (severity === 'error') return true;
    return raced === null ? evidenceStatus(code, this.device) === 'on' : raced === 'gains';
  }

  private standing(code: string): Standing {
    const known = this.standings.get(code);
    if (known) return known;
    const told = this.layers.map((each) => standingIn(each, code)).findLast((each) => each !== null) ?? 'on';
    this.standings.set(code, told);
    return told;
  }

  private severityOf(code: string): Severity | null {
    for (const layer of this.layers.toReversed()) {
      const level = levelIn(layer, code);
      if (level !== null && level !== 'off') return level;
    }
    return null;
  }
}

/** @returns null where the layer leaves it to those below */
function standingIn(layer: RuleLayer, code: string): Standing | null {
  const level = levelIn(layer, code);
  if (level === 'off' || begins(layer.ignore, code)) return 'off';
  if (layer.select !== null) return begins(layer.select, code) ? 'named' : 'off';
  // Whoever says how grave a rule is wants to hear it.
  return level === null ? null : 'on';
}

/** The longest beginning decides: `MM3` speaks of all rules but those that are named themselves. */
function levelIn({ severity }: RuleLayer, code: string): RuleLayer['severity'][number]['level'] | null {
  const [best] = severity
    .filter(({ beginning }) => code.startsWith(beginning))
    .toSorted((a, b) => b.beginning.length - a.beginning.length);
  return best?.level ?? null;
}

function begins(beginnings: readonly string[], code: string): boolean {
  return beginnings.some((each) => code.startsWith(each));
}
