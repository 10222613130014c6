/** What a person sees in the results panel. */
import type { FrameLocator, Locator } from '../workbench/node_modules/playwright-core';

export class Panel {
  constructor(private readonly frame: FrameLocator) {}

  part(testid: string): Locator {
    return this.frame.getByTestId(testid);
  }

  button(name: string): Locator {
    return this.frame.getByRole('button', { name, exact: true });
  }

  /** Rows of a mode that have a number. */
  measured(mode: 'forward' | 'training'): Locator {
    return this.frame.locator(`tr[data-testid^="row-${mode}-"]:is([data-status="provisional"], [data-status="ok"])`);
  }

  /** Rows of a mode in their final state. */
  settled(mode: 'forward' | 'training'): Locator {
    return this.frame.locator(`tr[data-testid^="row-${mode}-"][data-status="ok"]`);
  }

  /** Rows of a mode with a verdict against the baseline, a tie included. */
  decided(mode: 'forward' | 'training'): Locator {
    const word = this.frame.locator('.word', { hasText: /^(faster|slower|no difference)$/ });
    return this.settled(mode).filter({ has: word });
  }

  /** Waits for the first measured time, and for its text. */
  async firstNumber(timeoutMs: number): Promise<string> {
    const row = this.measured('forward').first();
    await row.waitFor({ timeout: timeoutMs });
    return row.locator('td .main').first().innerText();
  }

  /** Waits until the race has ended, well or not. */
  async ended(timeoutMs: number): Promise<string> {
    const race = this.frame.locator('[data-testid="race"]:not([data-status="running"])');
    await race.waitFor({ timeout: timeoutMs });
    return (await race.getAttribute('data-status')) ?? '';
  }
}
