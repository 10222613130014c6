/** Chooses the command. */
import { suggestion } from './arguments';
import { bench } from './bench';
import { check } from './check';
import type { Command, CommandContext } from './command';
import { convert } from './convert';
import { doctor } from './doctor';
import { ExitStatus } from './exitStatus';
import { ops } from './ops';
import { record } from './record';

const COMMANDS: readonly Command[] = [check, ops, convert, bench, record, doctor];

export async function runCommandLine(argv: readonly string[], context: CommandContext): Promise<ExitStatus> {
  const { terminal } = context;
  const [first, ...rest] = argv;
  if (first === undefined) {
    terminal.say(overview());
    return ExitStatus.cannot;
  }
  if (first === '--help' || first === '-h' || first === 'help') return showHelp(rest[0], context);
  if (first === '--version' || first === '-V') {
    await terminal.print(`matmul-lens ${await context.assets.version()}\n`);
    return ExitStatus.done;
  }
  const command = COMMANDS.find(({ name }) => name === first);
  if (!command) return unknownCommand(first, context);
  const ownArguments = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest;
  if (ownArguments.some((each) => each === '--help' || each === '-h')) return showHelp(first, context);
  return command.run(rest, context);
}

async function showHelp(name: string | undefined, context: CommandContext): Promise<ExitStatus> {
  const command = COMMANDS.find((each) => each.name === name);
  if (name !== undefined && !command) return unknownCommand(name, context);
  await context.terminal.print(`${command?.help ?? overview()}\n`);
  return ExitStatus.done;
}

function unknownCommand(name: string, { terminal }: CommandContext): ExitStatus {
  const words = [...COMMANDS.map((each) => each.name), '--help', '--version'];
  const kind = name.startsWith('-') ? 'option' : 'command';
  terminal.complain(`unknown ${kind} ${name}${suggestion(name, words)}; see matmul-lens --help`);
  return ExitStatus.cannot;
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return `See what the matrix multiplications of Python code cost, and race PyTorch against JAX on this machine.

Usage: matmul-lens COMMAND [ARGUMENTS]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

  matmul-lens COMMAND --help   tells of one command
  matmul-lens --version

Exit status: 0 done; 1 something was found, or a race's outputs differ; 2 wrong use, or it cannot be done here.
NO_COLOR is obeyed.`;
}
