/** Whether a fused attention stands beside one that is written by hand, which then is the other way of a choice. */
import type { FileModel } from '../../infer/model';
import type { FunctionScene } from '../scene';

const FUSED =
  /scaled_dot_product|\bsdpa|sdpa\b|_sdpa_|flash|xformers|memory_efficient|attention_interface|attn_implementation|flex_attention|fused_att|efficient_attention/i;

/** In the function, in the class around it, in a class made of that, or, for a plain function, anywhere in its file. */
export function hasFusedBeside(scene: FunctionScene): boolean {
  const { key } = scene;
  return scene.ask((file) => isFusedIn(file, key));
}

function isFusedIn(file: FileModel, key: string): boolean {
  const facts = file.functionFacts(key);
  if (!facts?.owner) return FUSED.test(file.text);
  const own = file.classFacts(facts.owner);
  if (!own) return FUSED.test(file.text);
  const related = file.facts.classes.filter(
    (each) =>
      each === own ||
      each.key === facts.owner ||
      each.statement.bases.some(({ value }) => value.kind === 'name' && value.name === own.name) ||
      own.statement.bases.some(({ value }) => value.kind === 'name' && value.name === each.name),
  );
  return related.some(({ statement }) => FUSED.test(file.text.slice(statement.start, statement.end)));
}
