/** How a finding names what it speaks of: the operand as it stands in the code, its shape, and where it got it. */
import { formatShape, UNKNOWN_SHAPE } from '../../infer/shapes';
import type { Shape } from '../../infer/shapes';
import type { Site } from '../../infer/values';
import type { Expr } from '../../lower/ir';
import type { RelatedSite } from '../finding';
import type { FunctionScene } from '../scene';
import { definitionOf } from '../match/definitions';

/** Longer expressions are not repeated in a message. */
const MOST_CHARACTERS = 40;

/** `x` of shape (3, 4), or the shape alone. */
export function operandText(scene: FunctionScene, expr: Expr | null, shape: Shape): string {
  const text = expr ? scene.source(expr) : '';
  const known = formatShape(shape);
  return text === '' || text.length > MOST_CHARACTERS || /[\r\n`]/.test(text) ? known : `\`${text}\` ${known}`;
}

/** Where an operand that has a name got its shape. */
export function origins(
  scene: FunctionScene,
  operands: readonly { readonly expr: Expr | null; readonly shape: Shape }[],
): readonly RelatedSite[] {
  return operands.flatMap(({ expr, shape }) => {
    const site = expr?.kind === 'name' && shape !== UNKNOWN_SHAPE ? originOf(scene, expr.name, expr) : null;
    return site && expr ? [{ ...site, message: `${operandText(scene, expr, shape)} comes from here.` }] : [];
  });
}

function originOf(scene: FunctionScene, name: string, expr: Expr): Site | null {
  const { def, key } = scene;
  const found = definitionOf(scene, name, expr);
  if (found?.kind === 'value') {
    const { start, end } = itemAt(found.value, found.positions);
    return { owner: key, start, end };
  }
  const parameter = found?.kind === 'parameter' ? def.parameters.find((each) => each.name === name) : null;
  return parameter ? { owner: key, start: parameter.start, end: parameter.end } : null;
}

/** The part of a written tuple that a name gets; else the whole value. */
function itemAt(value: Expr, [first, ...rest]: readonly number[]): Expr {
  const item = value.kind === 'tuple' || value.kind === 'list' ? value.items[first ?? -1] : undefined;
  return item ? itemAt(item, rest) : value;
}
