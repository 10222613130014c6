/** Entry of the command line. */
import { homedir } from 'node:os';
import process from 'node:process';
import { Assets } from './assets';
import { runCommandLine } from './commandLine';
import { ExitStatus } from './exitStatus';
import { Progress } from './progress';
import { Shutdown } from './shutdown';
import { Terminal } from './terminal';

const now = () => performance.now();
const terminal = new Terminal({ stdout: process.stdout, stderr: process.stderr, variables: process.env });
const progress = new Progress(terminal, now);
const shutdown = new Shutdown((status) => process.exit(status));

process.on('SIGINT', () => {
  progress.clear();
  void shutdown.stop(ExitStatus.interrupted);
});
for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    progress.clear();
    void shutdown.stop(ExitStatus.terminated);
  });
}
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever read has seen enough (`| head`): no reason to complain.
    if (error.code === 'EPIPE') void shutdown.stop(ExitStatus.done);
    else throw error;
  });
}
process.on('exit', () => {
  shutdown.kill();
});

void runCommandLine(process.argv.slice(2), {
  terminal,
  progress,
  shutdown,
  assets: new Assets(__dirname),
  stdin: process.stdin,
  variables: process.env,
  platform: process.platform,
  cwd: process.cwd(),
  home: homedir(),
  now,
}).then(
  (status) => {
    // Not `process.exit`: what is still being written to a pipe would be lost.
    process.exitCode = status;
  },
  (error: unknown) => {
    progress.clear();
    terminal.complain('this is a bug of Matmul Lens; please report it');
    terminal.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    void shutdown.stop(ExitStatus.cannot);
  },
);
