/** `npm run docs`: writes rule pages, the README's table and the rules' expected findings from the rules themselves. */
import process from 'node:process';
import { createSetup, mustSucceed, required } from './setup.mjs';

const setup = createSetup();
await required(setup.nodePackages());
process.env.UPDATE_FIXTURES = '1';
await mustSucceed(setup.root, 'Writing', ['scripts/test.mjs', '--only', 'build,core']);
