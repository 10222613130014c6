/** `check`: what could be faster, and certain errors. */
import type { Severity } from '../core';
import { analyzeFiles } from './analysis/analyzeFiles';
import type { FindingRecord } from './analysis/findingRecord';
import { parseArguments } from './arguments';
import { ruleSelection } from './check/ruleSelection';
import { CheckText } from './check/text';
import { verifyFiles } from './check/verifyFiles';
import { misuse } from './command';
import type { Command } from './command';
import { ExitStatus } from './exitStatus';

const SEVERITIES = ['hint', 'information', 'error'] as const satisfies readonly Severity[];

/** Words of the contract that have no meaning yet. */
const LATER = ['fix', 'unsafe', 'diff'] as const;

const SPECS = {
  format: { type: 'string', values: ['text', 'json', 'sarif', 'github'] },
  select: { type: 'string' },
  ignore: { type: 'string' },
  'fail-on': { type: 'string', values: SEVERITIES },
  fix: { type: 'boolean' },
  unsafe: { type: 'boolean' },
  diff: { type: 'boolean' },
  verify: { type: 'boolean' },
  python: { type: 'string' },
  yes: { type: 'boolean' },
} as const;

export const check: Command = {
  name: 'check',
  summary: 'find matrix multiplications that could be faster, and certain errors',
  help: `Usage: matmul-lens check PATH... [--format text|json] [--select CODES] [--ignore CODES] [--fail-on SEVERITY]
       matmul-lens check --verify PATH... [--python EXE] [--yes] [--format text|json] [--select CODES]

Finds code whose matrix multiplications have a faster or safer equivalent, and certain errors.

  PATH               a Python file, a notebook, a folder (.gitignore is respected), or - for standard input
  --format           text (default), or json: a list of findings with their fixes
  --select CODES     only these rules: codes or their beginnings, such as MM101,MM3
  --ignore CODES     not these rules
  --fail-on          hint, information (default) or error: exit with 1 when something at least as grave is found
  --verify           run the code with each fix against the code as written, on ordinary and on hard inputs
  --python EXE       interpreter with PyTorch to verify with (default: the active environment, .venv, or PATH)
  --yes              verify without asking: loading a file runs its imports, definitions and constant assignments

Text shows what an editor marks in the code; rules that it only offers in its lightbulb are shown when --select
names them, and always in json. Not available in this version: --format sarif, --format github, --fix, --unsafe,
--diff.`,

  async run(argv, context) {
    const parsed = parseArguments(SPECS, argv);
    if (!parsed.ok) return misuse('check', parsed.message, context);
    const { options, operands } = parsed;
    const { terminal, progress } = context;
    const later = [
      ...LATER.filter((name) => options[name]).map((name) => `--${name}`),
      ...(options.format === 'sarif' || options.format === 'github' ? [`--format ${options.format}`] : []),
    ];
    if (later[0] !== undefined) {
      terminal.complain(`check: ${later[0]} is not available in this version`);
      return ExitStatus.cannot;
    }
    if (operands.length === 0) return misuse('check', 'name a file or a folder', context);
    const selection = ruleSelection(options.select, options.ignore);
    if (!selection.ok) return misuse('check', selection.message, context);
    if (options.verify) {
      const { python, yes = false } = options;
      return verifyFiles({ operands, selection, python, yes, asJson: options.format === 'json' }, context);
    }

    const failOn = SEVERITIES.indexOf(options['fail-on'] ?? 'information');
    const isGrave = (finding: FindingRecord) =>
      selection.isShown(finding) && SEVERITIES.indexOf(finding.severity) >= failOn;
    const asJson = options.format === 'json';
    const all: object[] = [];
    const text = new CheckText(terminal.paint);
    let grave = 0;
    const summary = await analyzeFiles({ operands, task: 'findings', jobs: null }, context, async (file, result) => {
      if (result.kind !== 'findings') return;
      const wanted = result.findings.filter((each) => selection.isSelected(each.code));
      grave += wanted.filter(isGrave).length;
      if (asJson) {
        for (const finding of wanted) all.push({ file: file.shown, ...finding });
        return;
      }
      const shown = wanted.filter((each) => selection.isShown(each));
      const lines = text.findings(file.shown, shown, wanted.length - shown.length);
      if (lines === '') return;
      progress.clear();
      await terminal.print(lines);
    });
    if (!summary) return ExitStatus.cannot;
    if (asJson) await terminal.print(`${JSON.stringify(all, null, 2)}\n`);
    else if (summary.files > 0) await terminal.print(text.summary(summary.files));
    if (summary.failed > 0) return ExitStatus.cannot;
    return grave > 0 ? ExitStatus.found : ExitStatus.done;
  },
};
