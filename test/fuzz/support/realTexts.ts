/** Real Python files: the project's own, and PyTorch's where it is installed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../core/support/analyze';

/** Longer ones would leave time for few cases. */
const LONGEST = 10_000;

export function realTexts(): readonly string[] {
  return ['examples', 'test/fixtures', 'runner', ...installed()].flatMap((folder) =>
    readdirSync(path.resolve(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((each) => each.endsWith('.py'))
      .toSorted()
      .map((each) => readFileSync(path.resolve(ROOT, folder, each), 'utf8'))
      .filter((each) => each.length <= LONGEST),
  );
}

/** The modules of PyTorch that hold the most products, where `MATMUL_LENS_PYTHON` is of an environment that has it. */
function installed(): readonly string[] {
  const python = process.env.MATMUL_LENS_PYTHON;
  if (python === undefined) return [];
  const library = path.join(path.dirname(path.dirname(python)), 'lib');
  if (!existsSync(library)) return [];
  return readdirSync(library)
    .map((each) => path.join(library, each, 'site-packages/torch/nn/modules'))
    .filter((each) => existsSync(each));
}
