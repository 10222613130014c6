/** `check`: what could be faster, and certain errors; and the fixes. */
import { RuleView } from '../core';
import type { Severity } from '../core';
import { analyzeFiles } from './analysis/analyzeFiles';
import type { FindingRecord } from './analysis/findingRecord';
import { parseArguments } from './arguments';
import type { OptionValues } from './arguments';
import { Fixes } from './check/fixes';
import { GithubReport } from './check/github';
import { JsonReport } from './check/json';
import type { Report } from './check/report';
import { optionLayer, RulesByProject } from './check/rules';
import { SarifReport } from './check/sarif';
import { TextReport } from './check/text';
import { verifyFiles } from './check/verifyFiles';
import { misuse } from './command';
import type { Command, CommandContext } from './command';
import { ExitStatus } from './exitStatus';

const SEVERITIES = ['hint', 'information', 'error'] as const satisfies readonly Severity[];

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

type Options = OptionValues<typeof SPECS>;

export const check: Command = {
  name: 'check',
  summary: 'find matrix multiplications that could be faster, and certain errors; and fix them',
  help: `Usage: matmul-lens check PATH... [--fix | --diff] [--unsafe] [--format text|json|sarif|github]
                         [--select CODES] [--ignore CODES] [--fail-on SEVERITY]
       matmul-lens check --verify PATH... [--python EXE] [--yes] [--format text|json] [--select CODES]

Finds code whose matrix multiplications have a faster or safer equivalent, and certain errors.

  PATH               a Python file, a notebook, a folder (.gitignore is respected), or - for standard input
  --fix              apply the safe fixes, again and again until none is left; - prints the fixed text
  --diff             show what --fix would change, for patch -p0 or git apply -p0; nothing is written
  --unsafe           with --fix or --diff: the unsafe fixes, too, whose titles name their conditions
  --format           text (default); json: a list of findings with their fixes; sarif: SARIF 2.1.0;
                     github: annotations of a workflow
  --select CODES     only these rules: codes, their beginnings, or names, such as MM101,MM3,chain-order
  --ignore CODES     not these rules
  --fail-on          hint, information (default) or error: exit with 1 when something at least as grave is found
  --verify           run the code with each fix against the code as written, on ordinary and on hard inputs
  --python EXE       interpreter with PyTorch to verify with (default: the active environment, .venv, or PATH)
  --yes              verify without asking: loading a file runs its imports, definitions and constant assignments

Text, sarif and github show what an editor marks in the code; rules that it only offers in its lightbulb are shown
and fixed when a selection names them, and always shown in json. What was fixed is no longer found.

The nearest pyproject.toml above a file may say, unless these options say otherwise:

  [tool.matmul-lens]
  select = ["MM1", "MM3"]
  ignore = ["MM102"]
  severity = { MM301 = "information", MM201 = "off" }     # hint, information, error or off`,

  async run(argv, context) {
    const parsed = parseArguments(SPECS, argv);
    if (!parsed.ok) return misuse('check', parsed.message, context);
    const { options, operands } = parsed;
    const { terminal, progress } = context;
    const wrong = misuseOf(options, operands);
    if (wrong !== null) return misuse('check', wrong, context);
    const own = optionLayer(options.select, options.ignore);
    if (!own.ok) return misuse('check', own.message, context);

    const projects = new RulesByProject(own.layer, context.cwd, (message) => {
      progress.clear();
      terminal.complain(message);
    });
    if (options.verify) {
      const { python, yes = false, format } = options;
      return verifyFiles({ operands, projects, python, yes, asJson: format === 'json' }, context);
    }
    const fixes = options.fix || options.diff ? new Fixes(options.diff ? 'diff' : 'write', context) : null;
    const out = new Output(await reportOf(options, context), options, operands, context);
    const failOn = SEVERITIES.indexOf(options['fail-on'] ?? 'information');
    let grave = 0;
    const fix = fixes ? (options.unsafe ? 'unsafe' : 'safe') : null;
    const columns = options.format === 'sarif' || options.format === 'github' ? 'utf16' : 'utf8';
    const summary = await analyzeFiles(
      { operands, task: { kind: 'findings', columns, fix }, jobs: null, prepare: (file) => projects.prepare(file) },
      context,
      async (file, result) => {
        if (result.kind !== 'findings') return;
        const { fixing } = result;
        const isFixed = fixes && fixing ? await fixes.take(file, fixing) : false;
        const findings = isFixed && fixing ? fixing.findings : result.findings;
        const view = new RuleView(file.rules ?? []);
        const isShown = (each: FindingRecord) => view.isShown(each);
        grave += findings.filter((each) => isShown(each) && SEVERITIES.indexOf(each.severity) >= failOn).length;
        await out.print(out.report.file(file.shown, findings, isShown));
      },
    );
    if (!summary) return ExitStatus.cannot;
    await out.print(out.report.end(summary.files));
    if (fixes && summary.files > 0) await out.tell(fixes.summary());
    if (summary.failed > 0 || (fixes?.failed ?? 0) > 0) return ExitStatus.cannot;
    return grave > 0 ? ExitStatus.found : ExitStatus.done;
  },
};

function misuseOf({ fix, diff, unsafe, verify, format }: Options, operands: readonly string[]): string | null {
  if (operands.length === 0) return 'name a file or a folder';
  if (verify && (fix || diff)) return '--verify changes nothing: leave --fix and --diff out';
  if (verify && (format === 'sarif' || format === 'github')) return '--verify tells in text or json';
  if (unsafe && !fix && !diff) return '--unsafe goes with --fix or --diff';
  if (diff && format !== undefined) return '--diff prints a diff: leave --format out';
  if (!fix || diff || !operands.includes('-')) return null;
  if (operands.length > 1) return '--fix prints the fixed text of -: name nothing beside it';
  return format === undefined ? null : '--fix prints the fixed text of -: leave --format out';
}

async function reportOf({ format }: Options, { terminal, assets }: CommandContext): Promise<Report> {
  switch (format) {
    case 'json':
      return new JsonReport();
    case 'sarif':
      return new SarifReport(await assets.version());
    case 'github':
      return new GithubReport();
    default:
      return new TextReport(terminal.paint);
  }
}

/** Standard output is for one thing: findings, or else a diff or a fixed text, beside which findings are only said. */
class Output {
  private readonly isText: boolean;
  private readonly findings: 'printed' | 'said' | 'kept';

  constructor(
    readonly report: Report,
    { fix, diff, format }: Options,
    operands: readonly string[],
    private readonly context: CommandContext,
  ) {
    this.isText = format === undefined || format === 'text';
    this.findings = diff ? 'kept' : fix && operands.includes('-') ? 'said' : 'printed';
  }

  async print(text: string): Promise<void> {
    if (text === '' || this.findings === 'kept') return;
    this.context.progress.clear();
    if (this.findings === 'printed') await this.context.terminal.print(text);
    else this.context.terminal.sayRaw(text);
  }

  /** What sums up: not among what a program reads. */
  async tell(line: string): Promise<void> {
    if (this.isText && this.findings === 'printed') await this.print(`${line}\n`);
    else this.context.terminal.say(line);
  }
}
