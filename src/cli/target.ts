/** `FILE`, `FILE:QUALNAME` or `FILE:LINE`. */
import { stat } from 'node:fs/promises';

export interface NamedTarget {
  readonly file: string;
  readonly which:
    | { readonly kind: 'whole' }
    | { readonly kind: 'qualname'; readonly qualname: string }
    /** Counted from 1. */
    | { readonly kind: 'line'; readonly line: number };
}

const SUFFIX = /^(.+):([^:\\/]+)$/s;

/** What follows the last colon belongs to the name of the file where there is a file of the whole name. */
export async function namedTarget(text: string): Promise<NamedTarget> {
  const match = SUFFIX.exec(text);
  const [file, suffix] = [match?.[1], match?.[2]];
  if (file === undefined || suffix === undefined || (await exists(text)))
    return { file: text, which: { kind: 'whole' } };
  if (/^\d+$/.test(suffix)) return { file, which: { kind: 'line', line: Number(suffix) } };
  return { file, which: { kind: 'qualname', qualname: suffix } };
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}
