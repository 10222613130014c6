/** Qualified names, brought to the spelling under which the tables know them. */

/** Where a framework's public names really live, and older spellings of the same names. */
const ALIASES: readonly (readonly [RegExp, string])[] = [
  [/^torch\.nn\.modules\.\w+\.(?=[A-Z])/, 'torch.nn.'],
  [/^torch\.nn\.modules\./, 'torch.nn.'],
  [/^torch\.nn\.parameter\./, 'torch.nn.'],
  [/^torch\.functional\./, 'torch.'],
  [/^torch\._C\._nn\.linear$/, 'torch.nn.functional.linear'],
  [/^torch\._C\._nn\.scaled_dot_product_attention$/, 'torch.nn.functional.scaled_dot_product_attention'],
  [/^torch\.autograd\.(variable\.)?Variable$/, 'torch.autograd.Variable'],
  [/^torch\.matrix_power$/, 'torch.linalg.matrix_power'],
  [/^torch\._tensor\.Tensor$/, 'torch.Tensor'],
  [/^numpy\.core\.\w+\./, 'numpy.'],
  [/^jax\.numpy\.linalg\./, 'jax.numpy.linalg.'],
  [/^einops\.einops\./, 'einops.'],
];

export function canonicalName(name: string): string {
  for (const [pattern, replacement] of ALIASES) if (pattern.test(name)) return name.replace(pattern, replacement);
  return name;
}

/** The dotted name of an import; relative ones begin with their dots and so match no framework. */
export function importedName(each: { module: string; level: number; name: string | null; aliased: boolean }): string {
  const base = '.'.repeat(each.level) + each.module;
  if (each.name !== null)
    return canonicalName(base === '' || base.endsWith('.') ? base + each.name : `${base}.${each.name}`);
  // `import a.b` binds `a`; `import a.b as c` binds `a.b`.
  return canonicalName(each.aliased ? base : (base.split('.')[0] ?? base));
}

export type FrameworkName = 'torch' | 'numpy' | 'jax';

/** The framework a qualified name belongs to, or null. */
export function frameworkOf(name: string): FrameworkName | null {
  if (name === 'torch' || name.startsWith('torch.')) return 'torch';
  if (name === 'numpy' || name.startsWith('numpy.') || name === 'scipy' || name.startsWith('scipy.')) return 'numpy';
  if (name === 'jax' || name.startsWith('jax.')) return 'jax';
  return null;
}

/** Functions of einops whose patterns are read: their own source would say less. */
const PATTERNED = /^einops\.(?:rearrange|repeat|reduce)$/;

export function isPatterned(name: string): boolean {
  return PATTERNED.test(name);
}

/** Whether what a qualified name stands for is known by the name alone, so that no source needs to be read. */
export function isKnownByName(name: string): boolean {
  return frameworkOf(name) !== null || isPatterned(name);
}
