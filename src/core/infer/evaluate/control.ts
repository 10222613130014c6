/** Which ways of the code the evaluator is on, and where it may leave them early. */
import type { Arm, Decision } from '../operations';

/** How a body may be left before its end; an exception ends the call, so that nothing is left to count. */
export type Exit = 'return' | 'break' | 'continue';

/** What running one way showed. */
export interface Way {
  /** Nothing after it runs. */
  readonly ended: boolean;
  readonly exits: ReadonlySet<Exit>;
  /** Arms within the way on which it is still known to be at its end. */
  readonly tail: readonly Arm[];
}

/** A decision of which it cannot be told how often each way is taken. */
export const UNCLEAR: Decision = { ways: [], unclear: true };

export function choice(ways: number): Decision {
  return { ways: Array.from({ length: ways }, (_, at) => at), unclear: false };
}

/** A way that ends with an exception and with nothing else. */
export function raises(way: Way): boolean {
  return way.ended && way.exits.size === 0;
}

export class ControlFlow {
  private arms: Arm[] = [];
  private exits = new Set<Exit>();

  get path(): readonly Arm[] {
    return [...this.arms];
  }

  leave(by: Exit): void {
    this.exits.add(by);
  }

  /** Runs code that is on one way of a decision, or on none of its own. */
  way(arm: Arm | null, run: () => void, ended: () => boolean = () => false): Way {
    const { arms, exits } = this;
    this.arms = arm ? [...arms, arm] : [...arms];
    this.exits = new Set();
    run();
    const seen = { ended: ended(), exits: this.exits, tail: this.arms.slice(arms.length + (arm ? 1 : 0)) };
    this.arms = arms;
    this.exits = exits;
    return seen;
  }

  /** An expression that is evaluated on one way of a decision. */
  on<T>(decision: Decision, way: number, evaluate: () => T): T {
    const { arms } = this;
    this.arms = [...arms, { decision, way }];
    const value = evaluate();
    this.arms = arms;
    return value;
  }

  /** The ways of a decision meet: what follows runs on those alone that were not left. */
  meet(decision: Decision, ways: readonly Way[]): void {
    for (const way of ways) for (const each of way.exits) this.exits.add(each);
    if (ways.every((each) => each.exits.size === 0)) return;
    const going = [...ways.entries()].filter(([, each]) => !each.ended);
    const [only, other] = going;
    if (only && !other) this.arms.push({ decision, way: only[0] }, ...only[1].tail);
    else if (only) this.arms.push({ decision: UNCLEAR, way: 0 });
  }

  /** A loop is over: break and continue end with it, a return in it may have left the function. */
  afterLoop(body: Way): void {
    if (!body.exits.has('return')) return;
    this.exits.add('return');
    this.arms.push({ decision: UNCLEAR, way: 0 });
  }
}
