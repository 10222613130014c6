/** Methods of strings, lists, dicts and containers of modules. */
import type { AttributeExpr, CallExpr } from '../lower/ir';
import { withArguments } from './calls';
import { join, manyOf, NUMBER, present, sequenceKnown, TEXT } from './known';
import type { Term } from './known';
import { childOf } from './moduleParts';
import { call, method } from './python';
import type { Translator } from './translator';

export function callContainerMethod(t: Translator, expr: CallExpr, callee: AttributeExpr, object: Term): Term {
  const known = present(object.known);
  return withArguments(t, expr, ({ positional, keywords }) => {
    if (keywords.size > 0) return refuse();
    const code = method(
      object.code,
      callee.name,
      positional.map((each) => each.code),
    );
    const [first] = positional;
    switch (known.kind) {
      case 'sequence':
        if (known.size === true && callee.name === 'numel')
          return { code: call('math.prod', [object.code]), known: NUMBER };
        if (
          (callee.name === 'append' || callee.name === 'insert') &&
          known.form === 'list' &&
          callee.object.kind === 'name'
        ) {
          const item = positional.at(-1);
          if (!item) return refuse();
          t.share(item.known);
          const element = known.items?.length === 0 ? item.known : join(known.element, item.known);
          t.bind(callee.object.name, manyOf('list', element));
          return { code, known: { kind: 'none' } };
        }
        if (
          callee.name === 'extend' &&
          known.form === 'list' &&
          callee.object.kind === 'name' &&
          first?.known.kind === 'sequence'
        ) {
          t.share(first.known);
          const element = known.items?.length === 0 ? first.known.element : join(known.element, first.known.element);
          t.bind(callee.object.name, manyOf('list', element));
          return { code, known: { kind: 'none' } };
        }
        if (callee.name === 'index' || callee.name === 'count') return { code, known: NUMBER };
        return refuse();
      case 'dict':
        if (callee.name === 'get' && first) return { code, known: { kind: 'optional', of: known.element } };
        if (callee.name === 'items' && !first)
          return { code, known: manyOf('list', sequenceKnown('tuple', [TEXT, known.element])) };
        if (callee.name === 'values' && !first) return { code, known: manyOf('list', known.element) };
        if (callee.name === 'keys' && !first) return { code, known: manyOf('list', TEXT) };
        return refuse();
      case 'text':
        return /^(?:lower|upper|strip|format|startswith|endswith)$/.test(callee.name)
          ? { code, known: TEXT }
          : refuse();
      case 'module': {
        const child = childOf(known, 0, null);
        return child && callee.name === '__iter__' ? { code, known: child } : refuse();
      }
      default:
        return refuse();
    }
  });

  function refuse(): Term {
    return t.refuse(expr, `the method \`${callee.name}\` of \`${t.source(callee.object)}\` is not translated`);
  }
}
