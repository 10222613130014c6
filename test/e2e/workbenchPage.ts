/**
 * What a person does in the workbench, and what they see. Every method waits for what it names, by Playwright's
 * own waiting: none sleeps or tries again.
 */
import path from 'node:path';
import type { FrameLocator, Locator, Page } from '../workbench/node_modules/playwright-core';

export class WorkbenchPage {
  constructor(
    /** Playwright's page, for what has no method here. */
    readonly raw: Page,
    private readonly folder: string,
    private readonly screenshots: string,
  ) {}

  /** Opens a file of the workspace and waits for its text. */
  async openFile(relative: string): Promise<void> {
    await this.raw.keyboard.press('ControlOrMeta+P');
    // By absolute path, so that it does not depend on the file search having indexed the folder.
    await this.pick(path.join(this.folder, relative), path.basename(relative));
    await this.activeGroup()
      .locator('.tab.active', { hasText: path.basename(relative) })
      .waitFor();
    await this.activeGroup().locator('.view-line').first().waitFor();
  }

  /** Gives the focus to a group of editors, counted from 1 at the left: a file is opened in the one that has it. */
  async focusGroup(index: number): Promise<void> {
    await this.raw.keyboard.press(`ControlOrMeta+${index}`);
    await this.raw
      .locator('.editor-group-container')
      .nth(index - 1)
      .and(this.activeGroup())
      .waitFor();
  }

  /** Puts the cursor at a 1-based line and column of the active editor and reveals it. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.runCommand('Go to Line/Column...');
    await this.quickInput().fill(`:${line}:${column}`);
    await this.raw.keyboard.press('Enter');
    await this.quickInput().waitFor({ state: 'hidden' });
    await this.activeGroup()
      .locator('.line-numbers.active-line-number')
      .getByText(String(line), { exact: true })
      .waitFor();
  }

  /** Runs a command of the palette by its full title, `Category: Title`. */
  async runCommand(title: string): Promise<void> {
    await this.raw.keyboard.press('F1');
    await this.pick(`>${title}`, title);
  }

  /** The quick input's text field: prompts, input boxes, the palette. */
  quickInput(): Locator {
    return this.raw.locator(
      '.quick-input-widget input[type=text]:visible, .quick-input-widget input:not([type]):visible',
    );
  }

  /** Types into the quick input, then takes the row with this label. */
  async pick(text: string, label: string): Promise<void> {
    await this.quickInput().waitFor();
    await this.quickInput().fill(text);
    await this.quickPickRow(label).click();
  }

  /** The row of the open quick pick whose label is this text. */
  quickPickRow(label: string): Locator {
    return this.raw
      .locator('.quick-input-widget .monaco-list-row')
      .filter({ has: this.raw.locator('.label-name').getByText(label, { exact: true }) })
      .first();
  }

  /** Lenses whose title holds this text. */
  lens(text: string | RegExp): Locator {
    return this.raw.locator('.codelens-decoration a', { hasText: text });
  }

  /** The group of editors that has the focus, or had it last. */
  private activeGroup(): Locator {
    return this.raw.locator('.editor-group-container.active');
  }

  /** The document of the webview that is in front. */
  panel(): FrameLocator {
    return this.raw
      .locator('iframe.webview.ready')
      .filter({ visible: true })
      .contentFrame()
      .frameLocator('iframe#active-frame');
  }

  /** The open modal dialog. */
  dialog(): Locator {
    return this.raw.locator('.monaco-dialog-box');
  }

  /** Waits for the modal dialog, presses its button, waits until it is gone. Returns what the dialog said. */
  async answerDialog(button: string): Promise<string> {
    const said = await this.dialog().locator('.dialog-message-container').innerText();
    await this.dialog().getByRole('button', { name: button, exact: true }).click();
    await this.dialog().waitFor({ state: 'hidden' });
    return said;
  }

  /** Notifications on the screen whose text holds this. */
  notification(text: string | RegExp): Locator {
    return this.raw.locator('.notification-toast', {
      has: this.raw.locator('.notification-list-item-message', { hasText: text }),
    });
  }

  /** The texts of the notifications on the screen. */
  async notifications(): Promise<string[]> {
    return this.raw.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  /** Squiggles of one severity; the editor draws a hint as three dots. */
  squiggles(severity: 'hint' | 'info' | 'warning' | 'error'): Locator {
    return this.activeGroup().locator(`.squiggly-${severity}`);
  }

  /** Opens the lightbulb menu at the cursor and returns its rows. */
  async lightbulb(): Promise<Locator> {
    await this.raw.keyboard.press('ControlOrMeta+.');
    const rows = this.raw.locator('.action-widget .monaco-list-row.action');
    await rows.first().waitFor();
    return rows;
  }

  /** Waits for the hover at the cursor to be filled, and returns its text. */
  async hover(): Promise<string> {
    await this.runCommand('Show or Focus Hover');
    const rows = this.raw.locator('.monaco-resizable-hover .hover-row-contents');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).join('\n');
  }

  /** The text of the editor's visible lines, as drawn. */
  async visibleText(): Promise<string> {
    const lines = this.activeGroup().locator('.editor-instance .view-line');
    // Lines lie in the document in the order of their drawing; spaces are drawn as no-break spaces.
    const drawn = await lines.evaluateAll((elements: { innerText: string; offsetTop: number }[]) =>
      elements.map(({ innerText, offsetTop }) => ({ innerText, offsetTop })),
    );
    return drawn
      .sort((a, b) => a.offsetTop - b.offsetTop)
      .map(({ innerText }) => innerText.replaceAll('\u00a0', ' '))
      .join('\n');
  }

  /** Saves a picture of the whole page under out/screenshots. Returns its path. */
  async screenshot(name: string): Promise<string> {
    const file = path.join(this.screenshots, `${name}.png`);
    await this.raw.screenshot({ path: file, animations: 'disabled' });
    return file;
  }
}
