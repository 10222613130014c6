/** What the reader must know before a loop may be replaced, in words that follow a title. */
import type { FunctionScene } from './scene';
import type { StackedMap } from './stackedMap';

/** @param certain nothing is left to know */
export function conditionOf(scene: FunctionScene, map: StackedMap, certain: boolean): string {
  if (certain) return '';
  if (map.into) return `, if ${scene.source(map.into)} is a tensor with memory of its own`;
  return ', if the loop runs over all of it';
}
