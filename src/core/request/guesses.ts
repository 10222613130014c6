/** Numbers for sizes that the code leaves open: a start for the form, never taken without asking. */
import { constant, numberOf, substitute } from '../infer/dims';
import type { Dim } from '../infer/dims';
import type { Shape } from '../infer/shapes';

/** Common names of sizes, by their last part. */
const USUAL: readonly (readonly [RegExp, number])[] = [
  [/^(?:b|bs|batch|batch_size|bsz|n_batch)$/i, 8],
  [/^(?:t|s|l|q|k|seq|seq_len|seqlen|length|len|src_len|tgt_len|q_len|kv_len|max_len|n_ctx|block_size|context_length)$/i, 128],
  [/^(?:h|heads|n_heads?|num_heads?|nhead|num_attention_heads|n_kv_heads?)$/i, 8],
  [/^(?:head_dim|d_head|dim_head|d_k|d_v|hd)$/i, 64],
  [/^(?:vocab|vocab_size|n_vocab|num_embeddings)$/i, 32_000],
  [/^(?:c|d|e|dim|d_model|hidden|hidden_size|hidden_dim|embed_dim|n_embd|width|features|in_features|out_features|channels|emb|model_dim|input_dim|input_size|in_dim|output_dim|out_dim)$/i, 512],
  [/(?:ff|ffn|mlp|inner|intermediate)/i, 2048],
  [/(?:classes|labels|n_out|outputs)/i, 10],
  [/layers?$|depth|blocks?$/i, 2],
]; // prettier-ignore

const OTHER = 64;

export function usualSize(name: string): number {
  const last = name.split('.').at(-1) ?? name;
  return USUAL.find(([pattern]) => pattern.test(last))?.[1] ?? OTHER;
}

export interface Guess {
  readonly value: number;
  /** No symbol had to be guessed. */
  readonly certain: boolean;
}

/** @param known sizes of symbols by their ids */
export function guessSize(dim: Dim, known: ReadonlyMap<string, number>): Guess {
  let certain = true;
  const filled = substitute(dim, (each) => {
    const value = known.get(each.id);
    if (value !== undefined) return constant(value);
    if (each.operation) return null;
    if (each.default !== undefined) return constant(each.default);
    certain = false;
    return constant(usualSize(each.name));
  });
  const value = numberOf(filled);
  const whole = value !== null && Number.isFinite(value) && value >= 0 ? Math.round(value) : OTHER;
  return { value: whole, certain: certain && value !== null };
}

/** A shape of which nothing more is known is taken for a batch of what is known of its last dimensions. */
export function guessShape(
  shape: Shape,
  known: ReadonlyMap<string, number>,
): { readonly sizes: readonly number[]; readonly certain: boolean } {
  const dims = shape.dims.map((each) => (each ? guessSize(each, known) : { value: OTHER, certain: false }));
  const missing = shape.open ? Math.max(0, 2 - dims.length) : 0;
  const leading =
    shape.open && dims.length >= 2 ? [] : Array.from({ length: missing }, () => ({ value: OTHER, certain: false }));
  const all = [...leading, ...dims];
  return { sizes: all.map((each) => each.value), certain: !shape.open && all.every((each) => each.certain) };
}
