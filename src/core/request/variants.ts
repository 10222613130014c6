/** The contenders of a race and the source of each. */
import type { FileAnalysis } from '../analyze';
import type { FormValues } from '../../protocol/panel';
import type { InputSpec, Program, VariantSpec } from '../../protocol/request';
import { REWRITE } from '../../protocol/rewriteOutcome';
import { findingsOf } from '../findings';
import type { Finding, Fix } from '../rules/finding';
import { applyEdits } from '../rules/edits';
import { convertToJax } from '../translate/index';
import type { Conversion } from '../translate/index';
import { workOf } from './assume';
import { batchAxes } from './perSample';
import { subjectNamed } from './subjects';
import { signatureOf } from './signature';
import type { RaceSubject } from './subject';

export interface Contenders {
  readonly programs: readonly Program[];
  readonly variants: readonly VariantSpec[];
  /** Variants that do not apply here, each with why. */
  readonly left: readonly { readonly variant: string; readonly reason: string }[];
}

export interface Place {
  readonly file: string | null;
  readonly roots: readonly string[];
  /** Analyses a text that has been rewritten; null where it cannot. */
  readonly analyze: (text: string) => FileAnalysis | null;
}

const AS_WRITTEN = 'as-written';

const MIXED = 'it cannot be seen that samples are independent of each other';

/** @param inputs those of the request, in the order of the form */
export function contenders(
  analysis: FileAnalysis,
  subject: RaceSubject,
  values: FormValues,
  inputs: readonly InputSpec[],
  place: Place,
): Contenders {
  const { text } = analysis.session.file;
  const program = (id: string, source: string): Program => ({
    id,
    file: place.file,
    text: source,
    qualname: subject.qualname,
    roots: [...place.roots],
  });
  const programs = [program(AS_WRITTEN, text)];
  const variants: VariantSpec[] = [torchVariant('torch-eager', 'PyTorch eager', 'variant = target\n', false)];
  const left: { variant: string; reason: string }[] = [];
  variants.push(
    torchVariant('torch-compile', 'torch.compile', 'import torch\n\nvariant = torch.compile(target)\n', true),
  );

  const axes = batchAxes(analysis, subject, values);
  const fixes = rewrites(analysis, subject);
  const rewritten = fixes.plain.length > 0 ? applyEdits(text, fixes.plain) : null;
  const mapped = fixes.vmap.length > 0 ? applyEdits(text, fixes.vmap) : null;
  if (rewritten !== null) {
    programs.push(program('rewrite', rewritten));
    variants.push({
      ...torchVariant(REWRITE, 'PyTorch rewrite', 'variant = target\n', false),
      program: 'rewrite',
      flops: flopsOf(place.analyze(rewritten), subject, values),
    });
  } else left.push({ variant: REWRITE, reason: 'no rule has a rewrite for this function' });
  if (mapped !== null) {
    programs.push(program('vmap', mapped));
    variants.push({ ...torchVariant('torch-vmap', 'torch.vmap', 'variant = target\n', false), program: 'vmap' });
  } else if (axes) variants.push(torchVariant('torch-vmap', 'torch.vmap', torchVmap(inputs, axes), false));
  else left.push({ variant: 'torch-vmap', reason: MIXED });

  const parameters = signatureOf(analysis, subject).init.map((each) => each.name);
  const init = statedInit(values, parameters);
  const conversion = convertToJax(analysis, subject.qualname, { init });
  if (conversion?.ok) variants.push(jaxVariant('jax-jit', 'JAX jit', conversion, inputs, null));
  else left.push({ variant: 'jax-jit', reason: refusal(analysis, conversion) });
  // A loop that vmap replaces is mapped in JAX, too; else the samples of the best form there is.
  const better = mapped ?? rewritten;
  const again = better === null ? null : place.analyze(better);
  const batched = again ? convertToJax(again, subject.qualname, { init }) : conversion;
  const sampleAxes = mapped !== null ? null : again ? batchAxes(again, subject, values) : axes;
  if (batched?.ok && (mapped !== null || sampleAxes)) {
    variants.push({
      ...jaxVariant('jax-vmap-jit', 'JAX jit + vmap', batched, inputs, sampleAxes),
      flops: flopsOf(again, subject, values),
    });
  } else {
    const reason = batched?.ok ? MIXED : refusal(again ?? analysis, batched);
    left.push({ variant: 'jax-vmap-jit', reason });
  }
  return { programs, variants, left };
}

function torchVariant(name: string, label: string, source: string, compiled: boolean): VariantSpec {
  return { name, framework: 'torch', label, program: AS_WRITTEN, source, takes_params: false, compiled, flops: null };
}

/** Edits inside the subject's body: of each finding its first fix, and its first one by vmap. */
function rewrites(
  analysis: FileAnalysis,
  subject: RaceSubject,
): { readonly plain: readonly Fix[]; readonly vmap: readonly Fix[] } {
  const inside = (each: Finding): boolean => each.start >= subject.body.start && each.end <= subject.body.end;
  const plain: Fix[] = [];
  const vmap: Fix[] = [];
  for (const finding of findingsOf(analysis, false)) {
    if (!inside(finding) || finding.surface !== 'hint') continue;
    const usable = finding.fixes.filter((each) => each.edits.length > 0);
    const mapping = usable.find((each) => each.variant === 'torch-vmap');
    const other = usable.find((each) => each.variant === REWRITE);
    if (other) plain.push(other);
    if (mapping) vmap.push(mapping);
  }
  return { plain, vmap };
}

/** Constructor arguments that are not left to their defaults. `*` stands for all that the file's own function gives. */
function statedInit(values: FormValues, parameters: readonly string[]): ReadonlyMap<string, string> {
  const stated = values.init.filter((each) => each.expression.trim() !== '');
  if (stated.some((each) => each.name === '*')) return new Map(parameters.map((each) => [each, 'get_init_inputs()']));
  return new Map(stated.map((each) => [each.name, each.expression]));
}

/** What a rewrite costs: the sizes are the same, the products may not be. */
function flopsOf(rewritten: FileAnalysis | null, subject: RaceSubject, values: FormValues): number | null {
  const again = rewritten ? subjectNamed(rewritten, subject.qualname) : null;
  return rewritten && again ? workOf(rewritten, again, values).flops : null;
}

function refusal({ session }: FileAnalysis, conversion: Conversion | null): string {
  const first = conversion && !conversion.ok ? conversion.refusals[0] : undefined;
  if (!first) return 'it cannot be written in JAX';
  const line = session.file.text.slice(0, first.start).split(/\r\n|\r|\n/).length;
  return `line ${line}: ${first.reason}`;
}

/** Inputs that are passed, split into tensors, which may be mapped over or traced, and Python values, which may not. */
function passed(inputs: readonly InputSpec[]): {
  readonly names: readonly string[];
  readonly fixed: readonly string[];
} {
  const given = inputs.filter((each) => each.kind !== 'default');
  return {
    names: given.map((each) => each.name),
    fixed: given.filter((each) => each.kind === 'literal').map((each) => each.name),
  };
}

/** Axes of the inputs that are passed and traced. */
function axesText(inputs: readonly InputSpec[], axes: readonly (number | null)[], none: string): string {
  const parts = inputs.flatMap((each, at) =>
    each.kind === 'default' || each.kind === 'literal' ? [] : [axes[at] ?? none],
  );
  return `(${parts.join(', ')}${parts.length === 1 ? ',' : ''})`;
}

function torchVmap(inputs: readonly InputSpec[], axes: readonly (number | null)[]): string {
  const { names, fixed } = passed(inputs);
  const traced = names.filter((each) => !fixed.includes(each));
  const dims = axesText(inputs, axes, 'None');
  if (fixed.length === 0) return `import torch\n\nvariant = torch.vmap(target, in_dims=${dims})\n`;
  return `import torch


def variant(${names.join(', ')}):
    def each(${traced.join(', ')}):
        return target(${names.join(', ')})

    return torch.vmap(each, in_dims=${dims})(${traced.join(', ')})
`;
}

/** @param axes null: the translation maps by itself, or nothing is mapped */
function jaxVariant(
  name: string,
  label: string,
  conversion: Extract<Conversion, { ok: true }>,
  inputs: readonly InputSpec[],
  axes: readonly (number | null)[] | null,
): VariantSpec {
  const { entry, takesParams } = conversion;
  const { names, fixed } = passed(inputs);
  const traced = names.filter((each) => !fixed.includes(each));
  const statics = fixed.length > 0 ? `, static_argnames=(${fixed.map((each) => `"${each}"`).join(', ')},)` : '';
  const params = takesParams ? ['params'] : [];
  let tail = `\n\nvariant = jax.jit(${entry}${statics})\n`;
  if (axes) {
    const arguments_ = [...params, ...names].join(', ');
    tail = `


def each_sample(${arguments_}):
    def one(${traced.join(', ')}):
        return ${entry}(${arguments_})

    return jax.vmap(one, in_axes=${axesText(inputs, axes, 'None')})(${traced.join(', ')})


variant = jax.jit(each_sample${statics})
`;
  }
  const source = `${withJaxImport(conversion.source).trimEnd()}${tail}`;
  return {
    name,
    framework: 'jax',
    label,
    program: null,
    source,
    takes_params: takesParams,
    compiled: true,
    flops: null,
  };
}

/** A translation that only needs `jax.numpy` does not import `jax` itself. */
function withJaxImport(source: string): string {
  if (/^import jax$/m.test(source)) return source;
  return /^(?:import|from) /m.test(source)
    ? source.replace(/^(?=import |from )/m, 'import jax\n')
    : `import jax\n\n\n${source}`;
}
