/** Values of which the reader wrote down the shape: by an annotation, or in a `# shape:` comment. */
import type { AssignStmt } from '../../lower/ir';
import { commentsOf, commentSite, commentSymbol, writtenTensor, writtenShapes } from '../annotations/comments';
import type { ValueComment } from '../annotations/comments';
import type { FunctionFacts } from '../../lower/facts';
import type { Dim } from '../dims';
import { contradicts, meetShapes } from '../shapes';
import { tensor, UNKNOWN } from '../values';
import type { TensorValue, Value } from '../values';
import { shapeAnnotation } from './annotations';
import type { Evaluator } from './evaluator';
import { moduleName } from './names';

/** Parameters that comments speak of become the tensors that these describe. */
export function bindWritten(ev: Evaluator, facts: FunctionFacts): void {
  for (const [name, input] of writtenShapes(ev.file, facts)) {
    const value = ev.frame.get(name);
    if (input.kind !== 'tensor' || !value) continue;
    // Where the comment has no name in it, the annotation may say that it is of something else than a tensor.
    const annotated = facts.def.parameters.find((each) => each.name === name)?.annotation;
    if (input.unnamed && annotated && value.kind !== 'tensor') continue;
    const said = writtenTensor(input, (size) => sizeNamed(ev, size), commentSite(ev.file, input.comment, facts.key));
    const dtype = said.dtype ?? (value.kind === 'tensor' ? value.dtype : null);
    ev.frame.set(name, { ...said, dtype, parameter: name });
  }
}

/** The value of an assignment, with what its annotation and a comment say of its shape. */
export function asWritten(ev: Evaluator, { annotation, start }: AssignStmt, value: Value): Value {
  const annotated = annotation?.kind === 'subscript' ? shapeAnnotation(ev, annotation) : null;
  const known = annotated ? withShape(ev, value, annotated) : value;
  const said = commentsAt(ev, start).find((each) => each.name === null);
  return said ? withShape(ev, known, tensorSaid(ev, said)) : known;
}

/** What a comment says of several variables, each by its name, once they have their values. */
export function refineNamed(ev: Evaluator, { start }: AssignStmt): void {
  for (const each of commentsAt(ev, start)) {
    if (each.name === null) continue;
    const value = ev.frame.get(each.name);
    if (value) ev.frame.set(each.name, withShape(ev, value, tensorSaid(ev, each)));
  }
}

const NOTHING: readonly ValueComment[] = [];

function commentsAt(ev: Evaluator, start: number): readonly ValueComment[] {
  return commentsOf(ev.session.fileOf(ev.codeOwner), ev.codeOwner)?.values.get(start) ?? NOTHING;
}

function tensorSaid(ev: Evaluator, { shape, comment }: ValueComment): TensorValue {
  return writtenTensor(
    shape,
    (name) => sizeNamed(ev, name),
    commentSite(ev.session.fileOf(ev.codeOwner), comment, ev.codeOwner),
  );
}

/** What the code shows counts before what is written; where the two cannot both hold, the code is right. */
function withShape(ev: Evaluator, value: Value, said: TensorValue): Value {
  if (value.kind === 'tensor') {
    if (contradicts(value.shape, said.shape)) return value;
    return { ...value, shape: meetShapes(value.shape, said.shape), dtype: value.dtype ?? said.dtype };
  }
  if (value.kind !== 'unknown') return value;
  const { parameter } = value;
  return {
    ...tensor(ev.options.framework ?? said.framework, said.shape, said.dtype),
    ...(parameter === undefined ? {} : { parameter }),
  };
}

/** The variable or constant that a name in a comment is, or a size of its own. */
function sizeNamed(ev: Evaluator, name: string): Dim {
  const isConstant = ev.file.scope.lookup(name).some((each) => each.kind === 'value');
  const value = ev.frame.get(name) ?? (isConstant ? moduleName(ev, name) : UNKNOWN);
  const size = value.kind === 'number' || value.kind === 'unknown' ? ev.size(value) : null;
  return size ?? commentSymbol(ev.codeOwner, name);
}
