/**
 * Everything that goes wrong on the page in silence: errors on any console (workbench, webviews, extension host,
 * whose console the workbench forwards), uncaught exceptions, and violations of a content security policy,
 * which Chromium reports as console errors.
 */
import type { ConsoleMessage, Page } from '../workbench/node_modules/playwright-core';

/** What VS Code Server itself logs when it comes from npm, without Microsoft's closed parts and native builds. */
const SERVER_NOISE: readonly { readonly text: RegExp; readonly url: RegExp }[] = [
  // Left out of the npm package: icons, the licence check, the update service.
  { text: /status of 404/, url: /\/(favicon[\w-]*\.(ico|svg)|vsda(_bg)?\.(js|wasm)|update\/check)$/ },
  // The service worker of an installable web app, which this server does not have.
  { text: /^A bad HTTP response code \(404\) was received when fetching the script\.$/, url: /^$/ },
  // A native logger that --ignore-scripts leaves unbuilt; the server logs without it.
  { text: /Could not locate the bindings file[^]*spdlog/, url: /workbench\.js$/ },
];

/** Collects from `page` from now on. */
export function watchConsole(page: Page): { readonly problems: () => readonly string[] } {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !isNoise(message)) problems.push(described(message));
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
  return { problems: () => problems };
}

function isNoise(message: ConsoleMessage): boolean {
  const { url } = message.location();
  return SERVER_NOISE.some((noise) => noise.text.test(message.text()) && noise.url.test(url));
}

function described(message: ConsoleMessage): string {
  const { url, line } = message.location();
  // The extension host's messages arrive with the directives that colour them.
  const text = message.text().replace(/%c|^\s*color: \w*\s*$/gm, '');
  // A webview's address carries a page of parameters.
  return url === '' ? text : `${text} (${url.split('?', 1)[0] ?? url}:${line})`;
}
