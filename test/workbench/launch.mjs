/** What the tests and `npm run editor` use of this folder; the types are in launch.d.mts. */
export { findBrowser, openBrowser } from './chromium.mjs';
export { interpreterSettings } from './dataFolder.mjs';
export { serverFolder, serverNode, startServer } from './server.mjs';
