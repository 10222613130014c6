/** Layers of torch.nn whose widths are written out where they are made, as far as they are certain to be the ones that run. */
import { summarize } from '../../infer/analyzeFunction';
import type { Dim } from '../../infer/dims';
import { SAME_SHAPE } from '../../infer/evaluate/modules';
import { lastSize, UNKNOWN_SHAPE, withLast } from '../../infer/shapes';
import type { Shape } from '../../infer/shapes';
import type { Site } from '../../infer/values';
import type { FileModel } from '../../infer/model';
import type { ClassFacts } from '../../lower/facts';
import type { CallExpr, Expr, Span, Stmt } from '../../lower/ir';
import { walkExpr, walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { definitionOf } from '../match/definitions';
import { importedName } from './imported';
import { differ } from './sizes';
import { CertainValues } from './values';

export interface LinearLayer {
  readonly kind: 'linear';
  /** Null where it is not certain, or where the layer takes any width. */
  readonly inFeatures: Dim | null;
  readonly outFeatures: Dim | null;
  /** Where it is made. */
  readonly made: Site;
}

export type Layer =
  | LinearLayer
  | { readonly kind: 'embedding'; readonly width: Dim | null }
  | { readonly kind: 'same' }
  /** Null stands for a layer of which nothing is known. */
  | { readonly kind: 'sequence'; readonly items: readonly (Layer | null)[] };

/** A layer that gets more or fewer features than it takes. */
export interface Misfit {
  readonly layer: LinearLayer;
  readonly taken: Dim;
  readonly given: Shape;
  /** The layer of the same container that gives them; null where they are the input's own. */
  readonly giver: LinearLayer | null;
}

/** The layer that an expression stands for; null where that is not certain. */
export function layerOf(values: CertainValues, expr: Expr): Layer | null {
  if (expr.kind === 'call') return construction(values, expr);
  const { scene } = values;
  if (expr.kind === 'name') {
    const found = definitionOf(scene, expr.name, expr);
    const made = found?.kind === 'value' && found.positions.length === 0 ? found.value : null;
    const { key } = scene;
    const { name } = expr;
    return made?.kind === 'call' && scene.ask((file) => isLeftAlone(file, name, spanOf(file, key)))
      ? construction(values, made)
      : null;
  }
  return expr.kind === 'attribute' ? field(scene, expr.object, expr.name) : null;
}

/** `self.name`, which the constructor of the class assigns and nothing else. */
function field(scene: FunctionScene, object: Expr, name: string): Layer | null {
  const facts = scene.file.functionFacts(scene.key);
  const owner = scene.file.classFacts(facts?.owner ?? '');
  const [self] = facts?.def.parameters ?? [];
  if (!owner || object.kind !== 'name' || object.name !== self?.name) return null;
  if (definitionOf(scene, self.name, object)?.kind !== 'parameter') return null;
  const key = owner.methods.get('__init__');
  const init = key === undefined ? null : scene.file.body(key);
  if (key === undefined || !init || owner.fields.get(name)?.join() !== '__init__') return null;
  const ownerKey = owner.key;
  if (!scene.ask((file) => isFixed(file, ownerKey, name)) || isReplacedBelow(scene.file, owner, name)) return null;
  const made = onlyAssignment(init.body, init.parameters[0]?.name ?? '', name);
  const summary = made?.kind === 'call' ? summarize(scene.session, key) : null;
  if (made?.kind !== 'call' || !summary) return null;
  return construction(new CertainValues(scene.beside(summary, init)), made);
}

/** What the class has under this name is what its constructor puts there. */
function isFixed(file: FileModel, owner: string, name: string): boolean {
  const statement = file.classFacts(owner)?.statement;
  if (!statement) return false;
  return !isDynamic(file.text.slice(statement.start, statement.end)) && isLeftAlone(file, name, statement);
}

/** The class gives itself attributes, or its layers other inputs, in ways that no assignment shows. */
function isDynamic(text: string): boolean {
  return /\bsetattr\b|__(?:set|get)attr|__getattribute__|__dict__|_modules\b|\b(?:add|register)_module\b|register_forward/.test(
    text,
  );
}

/**
 * Nothing in the file changes what a layer of this name holds: not where it is made, in a class or a function, and
 * not outside by another receiver than `self`, which is something else there.
 */
function isLeftAlone({ text }: FileModel, name: string, { start, end }: Span): boolean {
  const outside = `${text.slice(0, start)}\n${text.slice(end)}`;
  return !new RegExp(changes('', name)).test(text.slice(start, end)) && !new RegExp(changes('.', name)).test(outside);
}

/** @param dot a dot before the name, where only attributes of others count */
function changes(dot: '' | '.', name: string): string {
  const named = dot === '' ? `\\b${name}` : `(?<!\\bself)\\.${name}`;
  return [
    `(?<!\\bself)\\.${name}\\s*=(?!=)`,
    `${named}\\.(?:weight|bias|data|in_features|out_features)\\b[^=\\n]*=(?!=)`,
    `${named}\\s*\\.(?:append|add_module|insert|extend|pop|register_\\w+|forward\\s*=)`,
    `${named}\\s*\\[[^\\]\\n]*\\]\\s*(?:\\.\\w+\\s*)?=(?!=)`,
    `\\bdel\\b[^\\n]*${named}\\b`,
  ].join('|');
}

/** A class of the file that derives from this one, if by way of others, has another layer under this name. */
function isReplacedBelow({ facts }: FileModel, { name: base }: ClassFacts, name: string): boolean {
  const below = new Set([base]);
  // A class stands behind those that it derives from.
  return facts.classes.some((each) => {
    const derives = each.statement.bases.some(({ value }) => value.kind === 'name' && below.has(value.name));
    if (derives) below.add(each.name);
    return derives && each.fields.has(name);
  });
}

/** The function in its file. */
function spanOf(file: FileModel, key: string): Span {
  return file.functionFacts(key)?.def ?? { start: 0, end: file.text.length };
}

/** The value of the one statement of a constructor that gives `self.name` one. */
function onlyAssignment(body: readonly Stmt[], self: string, name: string): Expr | null {
  const found: (Expr | null)[] = [];
  const isField = (each: Expr): boolean =>
    each.kind === 'attribute' && each.name === name && each.object.kind === 'name' && each.object.name === self;
  walkStatements(body, (each) => {
    const targets = targetsOf(each);
    const whole = each.kind === 'assign' && targets.some(isField) ? each.value : null;
    let assigned = false;
    for (const target of targets) walkExpr(target, (part) => (assigned ||= isField(part)));
    if (assigned) found.push(whole);
  });
  const [only = null] = found;
  return found.length === 1 ? only : null;
}

function targetsOf(statement: Stmt): readonly Expr[] {
  switch (statement.kind) {
    case 'assign':
    case 'delete':
      return statement.targets;
    case 'augment':
    case 'for':
      return [statement.target];
    case 'with':
      return statement.items.flatMap(({ target }) => (target ? [target] : []));
    default:
      return [];
  }
}

function construction(values: CertainValues, expr: CallExpr): Layer | null {
  const type = importedName(values.scene, expr.callee);
  if (type === null || expr.args.some((each) => each.name === '*' || each.name === '**')) return null;
  const positional = expr.args.filter((each) => each.name === null).map((each) => each.value);
  const size = (at: number, name: string): Dim | null => {
    const given = expr.args.find((each) => each.name === name)?.value ?? positional[at];
    const value = given ? values.valueOf(given) : null;
    return value?.kind === 'number' ? value.dim : null;
  };
  const made = { owner: values.scene.key, start: expr.start, end: expr.end };
  switch (type) {
    case 'torch.nn.Linear':
      return { kind: 'linear', inFeatures: size(0, 'in_features'), outFeatures: size(1, 'out_features'), made };
    case 'torch.nn.LazyLinear':
      return { kind: 'linear', inFeatures: null, outFeatures: size(0, 'out_features'), made };
    case 'torch.nn.Embedding':
      return { kind: 'embedding', width: size(1, 'embedding_dim') };
    case 'torch.nn.Sequential':
      return positional.length === expr.args.length && positional.every((each) => each.kind !== 'dict')
        ? { kind: 'sequence', items: positional.map((each) => layerOf(values, each)) }
        : null;
    default:
      return SAME_SHAPE.test(type) ? { kind: 'same' } : null;
  }
}

/** The shape that a layer gives for an input of this shape; null where nothing is certain of it. */
export function afterLayer(layer: Layer | null, input: Shape): Shape | null {
  switch (layer?.kind) {
    case 'linear':
      return input.dims.length === 0 ? { open: true, dims: [layer.outFeatures] } : withLast(input, layer.outFeatures);
    case 'embedding':
      return { open: input.open, dims: [...input.dims, layer.width] };
    case 'same':
      return input;
    case 'sequence':
      return layer.items.reduce<Shape | null>((shape, each) => afterLayer(each, shape ?? UNKNOWN_SHAPE), input);
    default:
      return null;
  }
}

/** The first layer that does not fit what it is certain to get. */
export function misfitIn(layer: Layer | null, input: Shape, giver: LinearLayer | null = null): Misfit | null {
  if (layer?.kind === 'linear') {
    const given = lastSize(input);
    const taken = layer.inFeatures;
    return given && taken && differ(given, taken) ? { layer, taken, given: input, giver } : null;
  }
  if (layer?.kind !== 'sequence') return null;
  let shape = input;
  let last = giver;
  for (const each of layer.items) {
    const found = misfitIn(each, shape, last);
    if (found) return found;
    shape = afterLayer(each, shape) ?? UNKNOWN_SHAPE;
    last = lastLinear(each) ?? (each?.kind === 'same' ? last : null);
  }
  return null;
}

/** The layer of the width that a layer gives. */
function lastLinear(layer: Layer | null): LinearLayer | null {
  if (layer?.kind === 'linear') return layer;
  return layer?.kind === 'sequence' ? lastLinear(layer.items.findLast((each) => each?.kind !== 'same') ?? null) : null;
}

/** The linear layer whose result an expression is, behind names and functions that keep a shape. */
export function layerThatGave(values: CertainValues, expr: Expr): Site | null {
  if (expr.kind === 'name') {
    const found = definitionOf(values.scene, expr.name, expr);
    return found?.kind === 'value' && found.positions.length === 0 ? layerThatGave(values, found.value) : null;
  }
  if (expr.kind !== 'call') return null;
  const layer = layerOf(values, expr.callee);
  if (layer && layer.kind !== 'same') return lastLinear(layer)?.made ?? null;
  const [first] = expr.args;
  if (first && (layer || importedName(values.scene, expr.callee) !== null)) return layerThatGave(values, first.value);
  return expr.callee.kind === 'attribute' ? layerThatGave(values, expr.callee.object) : null;
}
