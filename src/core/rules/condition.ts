/** What the reader must know before a loop may be replaced. */
import type { FunctionScene } from './scene';
import { listed } from './source';
import type { StackedMap } from './stackedMap';

/** @param covered the loop certainly runs over all of it */
export function conditionsOf(scene: FunctionScene, map: StackedMap, covered: boolean): readonly string[] {
  if (map.into) return [`${scene.source(map.into)} is a tensor with memory of its own`];
  return covered ? [] : ['the loop runs over all of it'];
}

/** In words that follow a title; nothing where nothing is left to know. */
export function ifAll(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `, if ${listed(conditions)}`;
}
