/** The form for a subject's inputs, filled with what is known: the reader's word, the code, the last answer. */
import type { FileAnalysis } from '../analyze';
import type { FormInit, FormInput, FormValues } from '../../protocol/panel';
import type { Dtype } from '../../protocol/vocabulary';
import { summarize } from '../infer/analyzeFunction';
import type { Dim } from '../infer/dims';
import type { Requirement } from '../infer/requirements';
import { isProblemModel } from '../infer/evaluate/provided';
import { sequenceOf } from '../infer/values';
import type { Value } from '../infer/values';
import { commentSymbol, writtenShapes, writtenTensor } from '../infer/annotations/comments';
import type { WrittenInput } from '../infer/written';
import type { Parameter, Span } from '../lower/ir';
import { expressionValue } from './assume';
import { asTensor, kindOfDtype } from './fields';
import { guessShape, guessSize, usualSize } from './guesses';
import { signatureOf } from './signature';
import type { Signature } from './signature';
import type { RaceSubject } from './subject';

export interface Prefill {
  readonly values: FormValues;
  /** Nothing was guessed: the race may start without asking. */
  readonly complete: boolean;
}

/**
 * @param remembered the reader's last answer for this subject. It fills what is guessed or left to a default; what
 *   a comment or the code says now, it does not override.
 * @param editing the reader is about to change that answer: all of it stands
 */
export function prefill(
  analysis: FileAnalysis,
  subject: RaceSubject,
  remembered: FormValues | null,
  editing = false,
): Prefill {
  const filler = new Filler(analysis, subject, signatureOf(analysis, subject));
  const init = filler.init().map((each) => recalled(each, remembered?.init, editing));
  const inputs = filler.inputs().map((each) => recalled(each, remembered?.inputs, editing));
  return {
    values: { inputs: inputs.map((each) => each.row), init: init.map((each) => each.row) },
    complete: [...inputs, ...init].every((each) => each.certain),
  };
}

function recalled<Row extends { readonly name: string; readonly learned: string }>(
  filled: Filled<Row>,
  remembered: readonly Row[] | undefined,
  editing: boolean,
): Filled<Row> {
  const row = filled.said && !editing ? undefined : remembered?.find((each) => each.name === filled.row.name);
  return row ? { row: { ...row, learned: 'your last answer' }, certain: true, said: false } : filled;
}

interface Filled<Row> {
  readonly row: Row;
  /** Nothing was guessed. */
  readonly certain: boolean;
  /** A comment or the code says it; a default that is merely left in place it does not say. */
  readonly said: boolean;
}

class Filler {
  private readonly sizes = new Map<string, number>();

  constructor(
    private readonly analysis: FileAnalysis,
    private readonly subject: RaceSubject,
    private readonly signature: Signature,
  ) {}

  /** Constructor arguments come first: the sizes of inputs follow from them. */
  init(): readonly Filled<FormInit>[] {
    const { constructor, init } = this.signature;
    const provided = constructor === null ? null : this.provided('get_init_inputs');
    if (provided && (provided.count === null || provided.count > init.length)) {
      const learned = this.where('get_init_inputs');
      return [said({ name: '*', expression: 'get_init_inputs()', default: null, learned })];
    }
    return init.map((parameter, at) => {
      const { name } = parameter;
      if (provided?.count !== undefined && provided.count !== null && at < provided.count) {
        this.learnSize(name, provided.items?.[at]);
        return said({
          name,
          expression: `get_init_inputs()[${at}]`,
          default: this.defaultText(parameter),
          learned: this.where('get_init_inputs'),
        });
      }
      if (parameter.default) {
        this.learnSize(name, expressionValue(this.analysis, this.sourceOf(parameter.default)) ?? undefined);
        return byDefault({ name, expression: '', default: this.defaultText(parameter), learned: '' });
      }
      const value = usualSize(name);
      this.sizes.set(`${constructor ?? ''}:${name}`, value);
      return guessed({ name, expression: String(value), default: null, learned: 'a guess from its name' });
    });
  }

  inputs(): readonly Filled<FormInput>[] {
    const { file } = this.analysis.session;
    const facts = file.functionFacts(this.subject.key);
    const written = facts ? writtenShapes(file, facts) : new Map<string, WrittenInput>();
    const provided = this.signature.inputs.length > 0 ? this.provided('get_inputs') : null;
    const usesProvided = provided !== null && this.subject.kind === 'module' && this.isModel();
    if (usesProvided && (provided.count === null || provided.count > this.signature.inputs.length)) {
      return [said(this.expression('*', 'get_inputs()', this.where('get_inputs')))];
    }
    const requirements =
      summarize(this.analysis.session, this.subject.key)?.requirements ?? new Map<string, Requirement>();
    return this.signature.inputs.map((parameter, at) => {
      const comment = written.get(parameter.name);
      if (comment) return this.fromWritten(comment, parameter, requirements.get(parameter.name) ?? null);
      if (usesProvided && provided.count !== null && at < provided.count) {
        return said(this.expression(parameter.name, `get_inputs()[${at}]`, this.where('get_inputs')));
      }
      if (parameter.default)
        return byDefault({
          ...this.blank(parameter.name),
          kind: 'default',
          learned: `default ${this.defaultText(parameter) ?? ''}`,
        });
      return this.fromCode(parameter, requirements.get(parameter.name) ?? null);
    });
  }

  /** `get_inputs()` speaks of the one class that such files define for it. */
  private isModel(): boolean {
    return isProblemModel(this.analysis.session.file, this.subject.qualname);
  }

  private fromWritten(written: WrittenInput, parameter: Parameter, requirement: Requirement | null): Filled<FormInput> {
    const learned = 'the # shape: comment';
    if (written.kind === 'expression') return said(this.expression(written.name, written.expression, learned));
    const { shape } = writtenTensor(written, this.sizeNamed);
    const { sizes, certain: sure } = guessShape(shape, this.sizes);
    const { row } = this.fromCode(parameter, requirement);
    return said({ ...row, ...asTensor(written, row), expression: '', shape: sizes.join(', '), learned }, sure);
  }

  /** What a name in a comment is: a constant of the file, or a size of the function. */
  private readonly sizeNamed = (name: string): Dim => {
    const value = expressionValue(this.analysis, name);
    return (value?.kind === 'number' ? value.dim : null) ?? commentSymbol(this.subject.key, name);
  };

  private fromCode(parameter: Parameter, requirement: Requirement | null): Filled<FormInput> {
    const { name } = parameter;
    const blank = this.blank(name);
    const annotation = parameter.annotation ? this.sourceOf(parameter.annotation) : '';
    if (!requirement && /^(?:int|float|bool|str)\b/.test(annotation)) {
      const literal = annotation.startsWith('int')
        ? String(usualSize(name))
        : annotation.startsWith('float')
          ? '1.0'
          : annotation.startsWith('bool')
            ? 'False'
            : '""';
      return guessed({ ...blank, kind: 'literal', expression: literal, learned: 'a guess from its annotation' });
    }
    if (
      /^(?:list|dict|tuple|set|Sequence|Mapping|Iterable)\b/i.test(
        annotation.replace(/^(?:typing|t|collections\.abc)\./, ''),
      )
    ) {
      const learned = 'a Python expression, such as [torch.randn(64, 64)]';
      return guessed({ ...blank, kind: 'expression', learned });
    }
    const { sizes, certain: sure } = guessShape(requirement?.shape ?? { open: true, dims: [] }, this.sizes);
    const role = requirement?.role ?? 'tensor';
    const kind =
      role === 'index'
        ? 'index'
        : role === 'mask'
          ? 'mask'
          : requirement?.dtype
            ? kindOfDtype(requirement.dtype as Dtype)
            : 'float';
    const dtype = (requirement?.dtype ?? (kind === 'index' ? 'i64' : kind === 'mask' ? 'bool' : 'f32')) as Dtype;
    const high = requirement?.high ? guessSize(requirement.high, this.sizes) : null;
    const row: FormInput = {
      ...blank,
      kind,
      dtype,
      shape: sizes.join(', '),
      high: kind === 'index' ? String(high?.value ?? 2) : '',
      learned: this.learnedFrom(requirement, sure),
    };
    return said(row, sure && requirement !== null && (kind !== 'index' || high?.certain === true));
  }

  private learnedFrom(requirement: Requirement | null, sure: boolean): string {
    const { session } = this.analysis;
    const own = requirement?.learned.filter((each) => session.fileOf(each.owner) === session.file) ?? [];
    const places = [
      ...new Set(
        own.map((each) => session.file.lines.position(each.start + session.file.originOf(each.owner)).line + 1),
      ),
    ];
    if (places.length === 0)
      return (requirement?.learned.length ?? 0) > 0 ? 'code of another file' : 'a guess: the code does not say';
    const where = `${places.length === 1 ? 'line' : 'lines'} ${places.slice(0, 3).join(', ')}`;
    return sure ? where : `${where}; open sizes are guessed`;
  }

  /** A function of the file that provides arguments by convention: how many, where its `return` shows it. */
  private provided(name: string): { readonly count: number | null; readonly items: readonly Value[] | null } | null {
    const { file } = this.analysis.session;
    const binding = file.scope.lookup(name).find((each) => each.kind === 'function');
    if (!binding) return null;
    const returned = summarize(this.analysis.session, binding.key)?.returned;
    const items = returned ? (sequenceOf(returned)?.items ?? null) : null;
    return { count: items?.length ?? null, items };
  }

  private learnSize(name: string, value: Value | undefined): void {
    if (value?.kind !== 'number' || !value.dim) return;
    const { value: size, certain: sure } = guessSize(value.dim, this.sizes);
    if (sure) this.sizes.set(`${this.signature.constructor ?? ''}:${name}`, size);
  }

  private blank(name: string): FormInput {
    return { name, kind: 'float', shape: '', dtype: 'f32', high: '', expression: '', learned: '' };
  }

  private expression(name: string, expression: string, learned: string): FormInput {
    const literal = /^(?:-?[\d.]+(?:e-?\d+)?|True|False|None|"[^"]*"|'[^']*')$/.test(expression);
    return { ...this.blank(name), kind: literal ? 'literal' : 'expression', expression, learned };
  }

  private defaultText(parameter: Parameter): string | null {
    return parameter.default ? this.sourceOf(parameter.default).slice(0, 200) : null;
  }

  /** Headers are facts: their offsets are the file's. */
  private sourceOf(span: Span): string {
    return this.analysis.session.file.text.slice(span.start, span.end);
  }

  private where(name: string): string {
    const { file } = this.analysis.session;
    const binding = file.scope.lookup(name).find((each) => each.kind === 'function');
    return binding
      ? `${name}(), line ${this.analysis.session.file.lines.position(file.originOf(binding.key)).line + 1}`
      : name;
  }
}

function said<Row>(row: Row, certain = true): Filled<Row> {
  return { row, certain, said: certain };
}

function byDefault<Row>(row: Row): Filled<Row> {
  return { row, certain: true, said: false };
}

function guessed<Row>(row: Row): Filled<Row> {
  return { row, certain: false, said: false };
}
