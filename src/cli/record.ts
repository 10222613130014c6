/** `record`: its name is taken for a later version. */
import { ExitStatus } from './exitStatus';
import type { Command } from './command';

export const record: Command = {
  name: 'record',
  summary: 'run a script and keep the shapes that it uses (not available in this version)',
  help: 'Usage: matmul-lens record [--python EXE] [--out FILE] -- SCRIPT [ARGS...]\n\nNot available in this version.',
  run(_argv, { terminal }) {
    terminal.complain('record is not available in this version');
    return Promise.resolve(ExitStatus.cannot);
  },
};
