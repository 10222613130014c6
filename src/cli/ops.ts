/** `ops`: the operations that are recognised. */
import type { OperandRecord, OperationRecord } from '../core';
import { analyzeFiles, filesText } from './analysis/analyzeFiles';
import { placeText } from './analysis/cells';
import type { InCell } from './analysis/cells';
import { parseArguments } from './arguments';
import { misuse } from './command';
import type { Command } from './command';
import { ExitStatus } from './exitStatus';
import { printable } from './terminal';

export const ops: Command = {
  name: 'ops',
  summary: 'list the matrix multiplications and linear layers of files',
  help: `Usage: matmul-lens ops PATH... [--format text|jsonl] [--jobs N]

Lists every matrix multiplication and linear layer that is recognised, with what is known of its operands.

  PATH            a Python file, a notebook, a folder (.gitignore is respected), or - for standard input
  --format        text (default), or jsonl: one JSON object a line
  --jobs N        threads (default: what suits the machine; 1 for a few files)`,

  async run(argv, context) {
    const parsed = parseArguments(
      { format: { type: 'string', values: ['text', 'jsonl'] }, jobs: { type: 'string' } },
      argv,
    );
    if (!parsed.ok) return misuse('ops', parsed.message, context);
    const { options, operands } = parsed;
    if (operands.length === 0) return misuse('ops', 'name a file or a folder', context);
    const jobs = options.jobs === undefined ? null : Number(options.jobs);
    if (jobs !== null && !(Number.isInteger(jobs) && jobs >= 1 && jobs <= 256)) {
      return misuse('ops', `--jobs is a number from 1 to 256, not ${options.jobs}`, context);
    }
    const { terminal, progress } = context;
    let count = 0;
    const summary = await analyzeFiles(
      { operands, task: { kind: 'operations' }, jobs },
      context,
      async (file, result) => {
        if (result.kind !== 'operations' || result.operations.length === 0) return;
        count += result.operations.length;
        const lines = result.operations.map((each) =>
          options.format === 'jsonl' ? JSON.stringify({ file: file.shown, ...each }) : textLine(file.shown, each),
        );
        progress.clear();
        await terminal.print(`${lines.join('\n')}\n`);
      },
    );
    if (!summary) return ExitStatus.cannot;
    if (options.format !== 'jsonl' && summary.files > 0) {
      await terminal.print(`${count} ${count === 1 ? 'operation' : 'operations'} in ${filesText(summary.files)}\n`);
    }
    return summary.failed > 0 ? ExitStatus.cannot : ExitStatus.done;
  },
};

/** `model.py:12:9: linear_call Linear f32[B, 64] in MLP.forward`. */
function textLine(file: string, operation: InCell<OperationRecord>): string {
  const place = placeText(printable(file), operation);
  const operands = operation.operands.map(operandText).join(' × ');
  const where = operation.function === '' ? '' : ` in ${operation.function}`;
  const name = operation.framework === 'torch' ? operation.op : `${operation.framework} ${operation.op}`;
  return `${place}: ${operation.kind} ${name}${operands === '' ? '' : ` ${operands}`}${where}`;
}

function operandText({ shape, tail = [], dtype }: OperandRecord): string {
  const sizes = (shape ?? tail).map((size) => size ?? '?');
  return `${dtype ?? ''}[${(shape === null ? ['…', ...sizes] : sizes).join(', ')}]`;
}
