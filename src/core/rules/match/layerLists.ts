/** Lists of Linear layers, and whether all of them are of one shape. */
import { namesIn } from '../../infer/evaluate/expressions';
import { sameSize } from '../../infer/shapes';
import { optionsOf, sizeOf, UNKNOWN } from '../../infer/values';
import type { ContainerValue, ModuleValue, Value } from '../../infer/values';
import type { Site } from '../../infer/site';
import type { Expr, Stmt } from '../../lower/ir';
import { walkExpr, walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { BodyIndex } from './bodyIndex';
import { expressionsAround } from './spans';

/** The `nn.ModuleList` that an expression is. */
function layerList(scene: FunctionScene, expr: Expr): ContainerValue | null {
  // A list that a loop fills may be empty still, and where one layer serves for all there is no list.
  const options = optionsOf(scene.valueOf(expr)).filter((each) => each.kind !== 'module' && !isEmpty(each));
  const [found, other] = options;
  return found?.kind === 'container' && found.type === 'ModuleList' && !other ? found : null;
}

function isEmpty(value: Value): boolean {
  return value.kind === 'none' || (value.kind === 'container' && value.items?.length === 0);
}

/** The `nn.ModuleList` of Linear layers that an expression is, of whatever shapes. */
export function linearLayers(scene: FunctionScene, expr: Expr): ContainerValue | null {
  const found = layerList(scene, expr);
  if (!found) return null;
  const { items, element } = found;
  return items === null ? (isLinear(element) ? found : null) : items.length > 1 && items.every(isLinear) ? found : null;
}

/** The `nn.ModuleList` of Linear layers of one shape that an expression is; null where their shapes may differ. */
export function evenLayers(scene: FunctionScene, expr: Expr): ContainerValue | null {
  const found = layerList(scene, expr);
  if (!found) return null;
  const { items, element } = found;
  if (items === null) return isLinear(element) && isEven(scene, element) ? found : null;
  const [first, ...others] = items;
  if (!first || !isLinear(first)) return null;
  // Of a comprehension every item is the same construction.
  return others.length > 0 && others.every((each) => isLinear(each) && isLike(first, each)) && isEven(scene, first)
    ? found
    : null;
}

function isLinear(value: Value): value is ModuleValue {
  return value.kind === 'module' && value.type === 'torch.nn.Linear';
}

function isLike(a: ModuleValue, b: ModuleValue): boolean {
  const bias = ({ args }: ModuleValue): string => {
    const value = args.get('bias');
    return value?.kind === 'bool' ? String(value.value) : value ? 'unknown' : 'true';
  };
  if (bias(a) !== bias(b)) return false;
  return ['in_features', 'out_features'].every((name) => {
    const [x, y] = [a, b].map((each) => sizeOf(each.args.get(name) ?? UNKNOWN));
    return x !== null && y !== null && x !== undefined && y !== undefined && sameSize(x, y);
  });
}

/** A layer made in a loop is the same in each step unless its arguments follow from the loop. */
function isEven(scene: FunctionScene, { site }: ModuleValue): boolean {
  const made = site && constructionAt(scene, site);
  if (!made) return false;
  const { expr, varying } = made;
  let even = true;
  walkExpr(expr, (each) => {
    if (each.kind === 'name' && varying.has(each.name)) even = false;
  });
  return even;
}

/** A constructor's call, and the names that loops around it bind. */
function constructionAt(
  scene: FunctionScene,
  site: Site,
): { readonly expr: Expr; readonly varying: ReadonlySet<string> } | null {
  if (!scene.session.functionFacts(site.owner)) return null;
  const body = scene.session.body(site.owner)?.body;
  const steps = body ? new BodyIndex(body).stepsTo(site) : [];
  const statement = steps.at(-1)?.statement;
  if (!statement) return null;
  const around = expressionsAround(statement, site);
  const expr = around.findLast((each) => each.start === site.start && each.end === site.end);
  if (!expr) return null;
  const varying = new Set<string>();
  for (const each of steps) if (each.statement.kind === 'for') bindAll(each.statement, varying);
  for (const each of around) {
    if (each.kind !== 'comprehension') continue;
    for (const clause of each.clauses)
      if (clause.kind === 'for') namesIn(clause.target).forEach((name) => varying.add(name));
  }
  return { expr, varying };
}

function bindAll(loop: Extract<Stmt, { kind: 'for' }>, names: Set<string>): void {
  walkStatements([loop], (each) => {
    const targets =
      each.kind === 'assign' ? each.targets : each.kind === 'for' || each.kind === 'augment' ? [each.target] : [];
    targets.flatMap(namesIn).forEach((name) => names.add(name));
  });
}
