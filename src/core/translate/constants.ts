/** Variables of the file's top level: numbers, strings and tuples go with the program. */
import type { Expr, Span } from '../lower/ir';
import { isStatic, rootsOf } from './known';
import type { Term } from './known';
import { name as nameOf } from './python';
import { Translator } from './translator';

export function translateConstant(t: Translator, name: string, value: Expr, at: Span): Term {
  const { program } = t;
  const known = program.constantTerms.get(name);
  if (known) return known;
  if (program.rebound.has(name))
    return t.refuse(
      at,
      `the global \`${name}\` is changed while the program runs; under jax.jit its first value would stay`,
    );
  if (program.constantsUnderWay.has(name)) return t.refuse(at, `the global \`${name}\` is made of itself`);
  program.constantsUnderWay.add(name);
  const top = new Translator(program, { key: '', origin: 0, owner: null }, null, 'constructor');
  let term: Term | null = null;
  const refusals = top.tentatively(() => {
    term = top.expr(value);
  });
  program.constantsUnderWay.delete(name);
  const found = term as Term | null;
  const reason = refusals.first()?.reason;
  if (!found || reason !== undefined) return t.refuse(at, `the global \`${name}\`: ${reason ?? 'it cannot be read'}`);
  if (found.known.kind === 'tensor' || rootsOf(found.known).length > 0)
    return t.refuse(
      at,
      `the global \`${name}\` is a tensor; under jax.jit it would be frozen into the program`,
      'pass it as an argument',
    );
  const inline = !isStatic(found.known) || found.known.kind === 'dtype' || found.known.kind === 'device';
  const made: Term = inline ? found : { code: nameOf(name), known: found.known };
  if (!inline) program.constants.set(name, found.code);
  program.constantTerms.set(name, made);
  return made;
}
