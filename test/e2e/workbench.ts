/** Opens the real workbench on a copy of a folder, with the extension installed from the checkout. */
import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { Page } from '../workbench/node_modules/playwright-core';
import { interpreterSettings, openBrowser, startServer, type ServerOptions } from '../workbench/launch.mjs';
import { watchConsole } from './consoleWatch';
import { WorkbenchPage } from './workbenchPage';

/** Mocha runs from the root of the checkout. */
const ROOT = process.cwd();
const PYTHON_VARIABLE = 'MATMUL_LENS_PYTHON';

const THEMES = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  highContrast: 'Default High Contrast',
} as const;

export interface WorkbenchOptions {
  /** Folder to open, relative to the checkout. A copy is opened, so that a test may edit and save. */
  readonly folder: string;
  /** File to open, relative to `folder`. */
  readonly file?: string;
  /** False: VS Code asks for trust as it asks its users. Default: true. */
  readonly trusted?: boolean;
  readonly theme?: keyof typeof THEMES;
  readonly size?: { readonly width: number; readonly height: number };
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Folders of further extensions, relative to the checkout. */
  readonly extensions?: readonly string[];
  /** A packaged extension (.vsix), relative to the checkout, in place of the checkout itself. */
  readonly vsix?: string;
  /** For the extension host. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Where VS Code keeps its state and the extension its storage, relative to the checkout; kept afterwards. When
   * absent, nothing is remembered: compile caches are cold.
   */
  readonly dataFolder?: string;
}

export interface Workbench {
  readonly page: WorkbenchPage;
  /** Absolute path of the copy that is open. */
  readonly folder: string;
  /** Of the port that the server listens on. */
  readonly port: number;
  /** Loads the page anew, as a reader who reloads the window, and waits until it stands. */
  readonly reload: () => Promise<void>;
  /** Stops everything, then fails if any console told of an error. */
  readonly close: () => Promise<void>;
}

export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const server = await startServer(serverOptions(options));
  try {
    const folder = path.join(server.dataFolder, 'workspace', path.basename(options.folder));
    await rm(folder, { recursive: true, force: true });
    await cp(fromRoot(options.folder), folder, { recursive: true });
    const { browser, page } = await openBrowser({
      root: ROOT,
      colorScheme: options.theme === 'light' ? 'light' : 'dark',
      ...(options.size && { size: options.size }),
    });
    try {
      const { problems } = watchConsole(page);
      await page.goto(server.urlOf({ folder, ...(options.file && { file: path.join(folder, options.file) }) }));
      await standing(page, options.file);
      return {
        page: new WorkbenchPage(page, folder, fromRoot('out/screenshots')),
        folder,
        port: server.port,
        reload: async () => {
          // Without the file: an address that names one opens that instead of what was open.
          await page.goto(server.urlOf({ folder }));
          await standing(page, options.file);
        },
        close: async () => {
          await browser.close();
          await server.stop();
          assert.deepEqual(problems(), [], 'errors on the console');
        },
      };
    } catch (error) {
      // Best effort: what went wrong may be that the page is gone.
      await page.screenshot({ path: fromRoot('out/screenshots/not-standing.png') }).catch(() => undefined);
      await browser.close();
      throw error;
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
}

function serverOptions(options: WorkbenchOptions): ServerOptions {
  return {
    root: ROOT,
    trusted: options.trusted ?? true,
    ...(options.vsix === undefined
      ? { linked: [ROOT, ...(options.extensions ?? []).map(fromRoot)] }
      : { packages: [fromRoot(options.vsix)] }),
    settings: {
      ...interpreterSettings(process.env[PYTHON_VARIABLE]),
      'workbench.colorTheme': THEMES[options.theme ?? 'dark'],
      ...options.settings,
    },
    ...(options.env && { env: options.env }),
    ...(options.dataFolder && { dataFolder: fromRoot(options.dataFolder) }),
  };
}

function fromRoot(relative: string): string {
  return path.resolve(ROOT, relative);
}

/** Resolves once the workbench has drawn its parts and, where a file was asked for, the file's text. */
async function standing(page: Page, file: string | undefined): Promise<void> {
  await page.locator('.monaco-workbench .part.statusbar .statusbar-item').first().waitFor();
  if (file === undefined) return;
  const tab = page.locator('.tab', { hasText: path.basename(file) });
  await tab.waitFor();
  await page.locator('.editor-instance .view-line').first().waitFor();
}

/**
 * A workbench for all tests of the enclosing `describe`, with a screenshot of each test that fails.
 * @returns the workbench, from inside a test
 */
export function useWorkbench(options: WorkbenchOptions): () => Workbench {
  const opened: Workbench[] = [];
  before(async () => {
    opened.push(await openWorkbench(options));
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    const name = this.currentTest.fullTitle().replace(/\W+/g, '-').toLowerCase();
    for (const workbench of opened) await workbench.page.screenshot(`failed-${name}`);
  });
  after(async () => {
    for (const workbench of opened) await workbench.close();
  });
  return () => {
    const [workbench] = opened;
    assert(workbench, 'the workbench did not open');
    return workbench;
  };
}
