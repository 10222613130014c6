/** Attributes: of libraries, tensors, modules and instances. */
import type { AttributeExpr, Expr } from '../lower/ir';
import { canonicalName } from '../link/names';
import { BOOL, NUMBER, present, SIZE, STATIC } from './known';
import type { Elements, Known, ModuleKnown, Term } from './known';
import { attribute, call, dotted, integer, literal, name as nameOf, subscript } from './python';
import type { Py } from './python';
import { instanceAttribute } from './moduleParts';
import { torchModuleAttribute } from './modules/attributes';
import type { Translator } from './translator';

interface DtypeWord {
  readonly code: string;
  readonly elements: Elements;
}

/** PyTorch's dtypes. The 64-bit ones follow JAX's own setting for 64-bit types: `float` and `int` do that silently. */
const DTYPES: Readonly<Record<string, DtypeWord>> = {
  float32: { code: 'jnp.float32', elements: 'float' },
  float: { code: 'jnp.float32', elements: 'float' },
  float64: { code: 'float', elements: 'float' },
  double: { code: 'float', elements: 'float' },
  float16: { code: 'jnp.float16', elements: 'float' },
  half: { code: 'jnp.float16', elements: 'float' },
  bfloat16: { code: 'jnp.bfloat16', elements: 'float' },
  int64: { code: 'int', elements: 'int' },
  long: { code: 'int', elements: 'int' },
  int32: { code: 'jnp.int32', elements: 'int' },
  int: { code: 'jnp.int32', elements: 'int' },
  int16: { code: 'jnp.int16', elements: 'int' },
  int8: { code: 'jnp.int8', elements: 'int' },
  uint8: { code: 'jnp.uint8', elements: 'int' },
  bool: { code: 'bool', elements: 'bool' },
  complex64: { code: 'jnp.complex64', elements: 'complex' },
};

/** A dtype of torch by its name there. */
export function dtypeTerm(t: Translator, name: string): Term | null {
  const word = DTYPES[name];
  if (!word) return null;
  if (word.code === 'int' || word.code === 'float')
    t.note(`torch.${name} is 64 bits wide; JAX uses 32 unless jax_enable_x64 is set.`);
  return { code: dotted(word.code), known: { kind: 'dtype', elements: word.elements } };
}

/** Constants of the libraries and how they are written. */
const CONSTANTS: Readonly<Record<string, string>> = {
  'torch.pi': 'jnp.pi',
  'torch.inf': 'jnp.inf',
  'torch.nan': 'jnp.nan',
  'torch.e': 'jnp.e',
  'math.pi': 'math.pi',
  'math.inf': 'math.inf',
  'math.nan': 'math.nan',
  'math.e': 'math.e',
  'math.tau': 'math.tau',
  'numpy.pi': 'math.pi',
  'numpy.inf': 'math.inf',
  'numpy.e': 'math.e',
};

export function translateAttribute(t: Translator, expr: AttributeExpr): Term {
  const object = t.expr(expr.object);
  const known = present(object.known);
  switch (known.kind) {
    case 'refused':
      return object;
    case 'qualified':
      return libraryName(t, canonicalName(`${known.name}.${expr.name}`));
    case 'module':
      return moduleAttribute(t, known, expr.name, expr);
    case 'tensor':
    case 'unknown':
      return tensorAttribute(t, expr, object.code, known);
    case 'class': {
      const value = t.program.classLevel(known.key, expr.name);
      return value ?? t.refuse(expr, `\`${expr.name}\` of a class is not translated`);
    }
    case 'static':
      // A configuration object that the constructor was given: what it holds is as static as itself.
      if (t.mode === 'constructor') return { code: attribute(object.code, expr.name), known: STATIC };
      break;
    case 'sequence': {
      // Values and indices of a reduction, by the names that PyTorch's named tuple gives them.
      const at = ['values', 'indices'].indexOf(expr.name);
      const item = known.items?.[at];
      if (item) return { code: subscript(object.code, integer(at)), known: item };
      break;
    }
    case 'dtype':
      if (/^(?:min|max|eps|tiny)$/.test(expr.name)) return { code: attribute(object.code, expr.name), known: NUMBER };
      if (expr.name === 'is_floating_point')
        return { code: call('jnp.issubdtype', [object.code, dotted('jnp.floating')]), known: BOOL };
      break;
    case 'device':
      return { code: object.code, known: { kind: 'text', value: null } };
    default:
  }
  return t.refuse(expr, `the attribute \`${expr.name}\` of \`${t.source(expr.object)}\` is not translated`);
}

/** A name of a library, as a value. */
export function libraryName(t: Translator, name: string): Term {
  const constant = CONSTANTS[name];
  if (constant !== undefined) return { code: dotted(constant), known: NUMBER };
  const dtype = name.startsWith('torch.') ? dtypeTerm(t, name.slice('torch.'.length)) : null;
  return dtype ?? { code: dotted(name), known: { kind: 'qualified', name } };
}

/** An attribute of a module: of torch's own, of one of this file's classes. */
export function moduleAttribute(t: Translator, module: ModuleKnown, name: string, at: Expr): Term {
  if (name === 'training') {
    t.note('The program is the module in eval mode: `training` is False.');
    return { code: literal('False'), known: { kind: 'bool', value: false } };
  }
  const { shape } = module;
  if (shape.kind === 'torch') return torchModuleAttribute(t, module, name, at);
  if (shape.kind !== 'class')
    return t.refuse(at, `the attribute \`${name}\` of a container of modules is not translated`);
  const own = instanceAttribute(t, module, name, at);
  if (own) return own;
  const method = t.program.method(shape.key, name);
  if (method === null) {
    return (
      t.program.classLevel(shape.key, name) ??
      t.refuse(at, `\`self.${name}\` is not set in the constructor`, 'assign it in __init__')
    );
  }
  const facts = t.program.file.functionFacts(method);
  const known: Known = { kind: 'function', key: method, self: module };
  if (facts?.def.decorators.some((each) => each.kind === 'name' && each.name === 'property'))
    return t.program.callFunction(t, known, [], new Map(), at);
  return { code: nameOf(name), known };
}

function tensorAttribute(t: Translator, expr: AttributeExpr, code: Py, known: Known): Term {
  const tensor = () => t.asTensor(expr.object, known);
  switch (expr.name) {
    case 'shape':
      tensor();
      return { code: attribute(code, 'shape'), known: SIZE };
    case 'ndim':
      tensor();
      return { code: attribute(code, 'ndim'), known: NUMBER };
    case 'dtype':
      return { code: attribute(code, 'dtype'), known: { kind: 'dtype', elements: tensor().elements } };
    case 'device':
      return { code: literal('None'), known: { kind: 'device' } };
    case 'T':
      return { code: attribute(code, 'T'), known: tensor() };
    case 'mT':
      return { code: attribute(code, 'mT'), known: tensor() };
    case 'real':
    case 'imag':
      return { code: attribute(code, expr.name), known: { ...tensor(), elements: 'float' } };
    case 'is_cuda':
      return { code: literal('False'), known: BOOL };
    case 'data':
      return t.refuse(expr, '`.data` goes around autograd', 'use .detach()');
    case 'grad':
      return t.refuse(
        expr,
        '`.grad` is state that autograd keeps; JAX functions return gradients',
        'use jax.grad on the loss',
      );
    default:
      return t.refuse(expr, `the attribute \`${expr.name}\` of a tensor is not translated`);
  }
}
