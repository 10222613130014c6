/** What VS Code Server keeps on the disk, made ready before it starts. */
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

const QUIET_SETTINGS = {
  'chat.disableAIFeatures': true,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.restoreWindows': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * @param {import('./launch.mjs').ServerOptions} options
 * @param {string} token that a page must show
 */
export async function prepareDataFolder(options, token) {
  const dataFolder = options.dataFolder ?? (await mkdtemp(path.join(os.tmpdir(), 'matmul-lens-')));
  const extensionsFolder = path.join(dataFolder, 'extensions');
  await mkdir(extensionsFolder, { recursive: true });
  await writeSettings(dataFolder, { ...QUIET_SETTINGS, ...options.settings });
  if (options.linked !== undefined) await linkExtensions(extensionsFolder, options.linked);
  // In a file, since every user of the machine can read a command line.
  const tokenFile = path.join(dataFolder, 'token');
  await writeFile(tokenFile, token, { mode: 0o600 });
  return { dataFolder, extensionsFolder, tokenFile };
}

/** @type {import('./launch.mjs').interpreterSettings} */
export function interpreterSettings(python) {
  return python === undefined ? {} : { 'matmulLens.python.interpreter': python };
}

/**
 * Settings of the machine and of the user: some are read from the one only, some from the other. What a user
 * of a kept data folder has set there stays.
 * @param {string} dataFolder
 * @param {Record<string, unknown>} settings
 */
async function writeSettings(dataFolder, settings) {
  for (const [scope, flag] of Object.entries({ Machine: 'w', User: 'wx' })) {
    const folder = path.join(dataFolder, 'data', scope);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings, null, 2), { flag }).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/**
 * Installs extensions where they lie: each is read from its own folder, so that a rebuilt bundle is there after
 * a reload of the window, and uninstalling one deletes nothing outside of the server's folder.
 * @param {string} folder of the server's extensions
 * @param {readonly string[]} locations
 */
async function linkExtensions(folder, locations) {
  const entries = locations.map(async (location) => {
    const manifest = JSON.parse(await readFile(path.join(location, 'package.json'), 'utf8'));
    return {
      identifier: { id: `${manifest.publisher}.${manifest.name}` },
      version: manifest.version,
      location: { $mid: 1, scheme: 'file', path: uriPath(location) },
    };
  });
  await writeFile(path.join(folder, 'extensions.json'), JSON.stringify(await Promise.all(entries)));
}

/**
 * The path as an address spells it, on every system.
 * @param {string} absolute
 */
export function uriPath(absolute) {
  return absolute.replaceAll('\\', '/').replace(/^(?!\/)/, '/');
}
