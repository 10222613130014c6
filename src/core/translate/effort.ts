/** Bounds on one translation: loops in loops are translated several times over, and calls lead from function to function. */

/** Steps, each an expression or a statement, as often as it is translated. The largest real modules take a tenth. */
const MOST_STEPS = 100_000;

/** Nested steps: the stack has room for twice as many. */
const DEEPEST = 500;

export const TOO_MUCH = 'there is too much code to be translated';

export class Effort {
  private steps = 0;
  private depth = 0;
  /** Whether a part was left out. */
  exhausted = false;

  /** Begins a step; false where the translation takes too long or is nested too deeply. What was begun has to be left. */
  enter(weight = 1): boolean {
    if (this.steps >= MOST_STEPS || this.depth + weight > DEEPEST) {
      this.exhausted = true;
      return false;
    }
    this.steps++;
    this.depth += weight;
    return true;
  }

  leave(weight = 1): void {
    this.depth -= weight;
  }
}
