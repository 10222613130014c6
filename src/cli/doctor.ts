/** `doctor`: what this machine offers for a race, what is missing, and the command that mends it. */
import { parseArguments } from './arguments';
import { misuse } from './command';
import type { Command } from './command';
import { examine } from './doctor/examine';
import { diagnosisText } from './doctor/text';
import { ExitStatus } from './exitStatus';

export const doctor: Command = {
  name: 'doctor',
  summary: 'tell what this machine can race, what is missing, and the command that mends it',
  help: `Usage: matmul-lens doctor [--python EXE] [--jax-python EXE] [--format text|json]

Starts the runner, imports PyTorch and JAX as a race would, and tells which devices each really uses.
The exit status is 0 when a race of both is possible here, else 2.`,

  async run(argv, context) {
    const parsed = parseArguments(
      {
        python: { type: 'string' },
        'jax-python': { type: 'string' },
        format: { type: 'string', values: ['text', 'json'] },
      },
      argv,
    );
    if (!parsed.ok) return misuse('doctor', parsed.message, context);
    const { options, operands } = parsed;
    if (operands[0] !== undefined) return misuse('doctor', `takes no operands, such as ${operands[0]}`, context);
    const diagnosis = await examine({ python: options.python, jaxPython: options['jax-python'] }, context);
    context.progress.clear();
    const { terminal, platform } = context;
    await terminal.print(
      options.format === 'json'
        ? `${JSON.stringify(diagnosis, null, 2)}\n`
        : diagnosisText(diagnosis, terminal.paint, platform),
    );
    return diagnosis.problems.length === 0 ? ExitStatus.done : ExitStatus.cannot;
  },
};
