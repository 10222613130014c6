/** `check --verify`: each fix of each finding is run against the code as written. */
import { loadGrammar, RuleView } from '../../core';
import { isNotebook, readSource } from '../../desktop/files/source';
import { searchedFolders } from '../../desktop/files/moduleSources';
import { findingRecords } from '../analysis/findingRecord';
import { placeText, unplaced } from '../analysis/cells';
import { PythonAnalysis } from '../analysis/pythonAnalysis';
import { STDIN, findSources } from '../analysis/sources';
import { askConsent } from '../bench/consent';
import type { CommandContext } from '../command';
import { ExitStatus } from '../exitStatus';
import { Interpreters } from '../interpreters';
import { printable } from '../terminal';
import type { RulesByProject } from './rules';
import { verdictText } from './verdictText';
import { Verifier } from './verify';
import type { Verified } from './verify';

export interface VerifyFilesOptions {
  readonly operands: readonly string[];
  readonly projects: RulesByProject;
  /** As `--python` has it. */
  readonly python: string | undefined;
  /** The reader has consented on the command line. */
  readonly yes: boolean;
  readonly asJson: boolean;
}

/** @returns `found` where a fix computes something else */
export async function verifyFiles(options: VerifyFilesOptions, context: CommandContext): Promise<ExitStatus> {
  const { terminal, progress, shutdown, assets, cwd, stdin } = context;
  const cannot = (message: string): ExitStatus => {
    terminal.complain(`check: ${message}`);
    return ExitStatus.cannot;
  };
  const sources = await findSources(options.operands, stdin, (shown, reason) => {
    terminal.say(`${printable(shown)}: ${reason}`);
  });
  if (!sources.ok) return cannot(sources.message);
  const interpreters = new Interpreters(context);
  const found = await interpreters.find(options.python, null);
  if (!found.ok) return cannot(found.message);
  if (!options.yes) {
    const files = options.operands.join(' ');
    const interpretersNamed = [found.candidate.executable];
    const answer = await askConsent(
      { file: files, qualname: 'its functions', interpreters: interpretersNamed },
      context,
    );
    if (answer === 'refused') return cannot('not verified');
    if (answer === 'noTerminal')
      return cannot('--verify runs the code of the files; --yes consents, since there is no terminal to ask');
  }
  const probed = await interpreters.probe(found.candidate.executable);
  if (!probed.ok) return cannot(probed.message);
  if (probed.interpreter.packages.torch === null)
    return cannot(`PyTorch is not installed in ${probed.interpreter.executable}; name another one with --python`);
  const python = new PythonAnalysis(await loadGrammar(await assets.grammar()), await searchedFolders(cwd));
  const verifier = new Verifier({
    ...{ python: probed.interpreter.executable, runner: assets.runner },
    ...{ interpreters, shutdown, cwd },
  });
  const counts = { same: 0, differs: 0, unchecked: 0 };
  const all: object[] = [];
  try {
    for await (const file of sources.files) {
      if (file.path === STDIN || isNotebook(file.path)) {
        terminal.say(`${printable(file.shown)}: only the fixes of Python files can be tried`);
        continue;
      }
      const source = readSource(file.path);
      if (!source.ok) {
        terminal.say(`${printable(file.shown)}: ${source.reason}`);
        continue;
      }
      const prepared = await options.projects.prepare(file);
      const result = prepared && (await python.ofFile(source.text, file.path));
      if (result?.kind !== 'analysis') continue;
      progress.show(`Verifying ${printable(file.shown)}`);
      const view = new RuleView(prepared?.rules ?? []);
      const isWanted = ({ code }: { readonly code: string }): boolean => view.isOn(code);
      for await (const each of verifier.verify(result.analysis, file.path, isWanted)) {
        counts[each.verdict.kind]++;
        const [record] = findingRecords([each.finding], { text: source.text, placing: unplaced }, 'utf8');
        if (!record) continue;
        if (options.asJson) {
          all.push({ file: file.shown, ...record, fixes: undefined, ...told(each) });
          continue;
        }
        progress.clear();
        await terminal.print(
          `${placeText(printable(file.shown), record)}: ${record.code} ${each.fix.title} (${each.fix.applicability})\n` +
            `    ${each.verdict.kind === 'differs' ? 'BLOCKED: ' : ''}${verdictText(each.verdict, each.guessed)}\n`,
        );
      }
    }
  } finally {
    progress.clear();
    await verifier.dispose();
  }
  if (options.asJson) await terminal.print(`${JSON.stringify(all, null, 2)}\n`);
  else await terminal.print(`${summary(counts)}\n`);
  return counts.differs > 0 ? ExitStatus.found : ExitStatus.done;
}

function told({ fix, guessed, verdict }: Verified): object {
  return { fix: fix.title, applicability: fix.applicability, guessed, verdict };
}

function summary({ same, differs, unchecked }: Readonly<Record<'same' | 'differs' | 'unchecked', number>>): string {
  const fixes = same + differs + unchecked;
  if (fixes === 0) return 'No fix to verify.';
  const parts = [
    `${same} of ${fixes} ${fixes === 1 ? 'fix computes' : 'fixes compute'} the same`,
    ...(differs > 0 ? [`${differs} ${differs === 1 ? 'differs' : 'differ'}`] : []),
    ...(unchecked > 0 ? [`${unchecked} could not be tried`] : []),
  ];
  return `${parts.join(', ')}.`;
}
