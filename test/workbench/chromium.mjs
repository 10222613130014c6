/** A Chromium-family browser that this machine has, and a page in it that reaches nothing but this machine. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';

const NAMES = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'microsoft-edge'];
const APPLICATIONS = [
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Chromium.app/Contents/MacOS/Chromium',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];
const PROGRAMS = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];

/** @type {import('./launch.mjs').findBrowser} */
export function findBrowser(environment = process.env) {
  const chosen = environment.MATMUL_LENS_BROWSER;
  if (chosen) return existsSync(chosen) ? chosen : null;
  return places(environment).find((file) => existsSync(file)) ?? null;
}

/** @param {NodeJS.ProcessEnv} environment */
function places(environment) {
  const across = (/** @type {(string | undefined)[]} */ folders, /** @type {string[]} */ names) =>
    folders.flatMap((folder) => (folder ? names.map((name) => path.join(folder, name)) : []));
  if (process.platform === 'darwin') return across(['/Applications', environment.HOME + '/Applications'], APPLICATIONS);
  if (process.platform === 'win32')
    return across([environment.ProgramFiles, environment['ProgramFiles(x86)'], environment.LOCALAPPDATA], PROGRAMS);
  return across((environment.PATH ?? '').split(path.delimiter), NAMES);
}

/** @type {import('./launch.mjs').openBrowser} */
export async function openBrowser({ root, colorScheme = 'dark', size = { width: 1400, height: 900 } }) {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error('no Chrome, Edge or Chromium here; MATMUL_LENS_BROWSER can name one');
  const { chromium } = createRequire(path.join(root, 'test/workbench/package.json'))('playwright-core');
  const browser = await chromium.launch({
    executablePath,
    headless: process.env.MATMUL_LENS_HEADED === undefined,
    // Playwright's own handlers would keep this process alive through a SIGTERM. Without them it ends, and the
    // browser ends with it: its debugging pipe closes.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      // A test that needed the network would pass on one machine and fail on the next.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost',
    ],
  });
  try {
    const context = await browser.newContext({ viewport: size, colorScheme, reducedMotion: 'reduce' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    return { browser, page: await context.newPage() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
