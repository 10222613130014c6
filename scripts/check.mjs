/** `npm run check`: types, lint and format. `npm run format` is the same with --write: it rewrites what it can. */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { allChecks, allFormatters, runChecks } from './checks.mjs';
import { createSetup, required } from './setup.mjs';

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
const setup = createSetup();
await required(setup.nodePackages());
const tools = await required(setup.pythonTools());
// The end-to-end tests are checked against the types of the browser's driver, which is installed there.
if (!values.write) await required(setup.workbench());
const { failed } = await runChecks(setup.root, values.write ? allFormatters(tools) : allChecks(tools));
process.exitCode = failed === 0 ? 0 : 1;
