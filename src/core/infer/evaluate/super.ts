/** `super().__init__(...)` and other calls of what a class inherits. */
import type { CallExpr } from '../../lower/ir';
import { joinAll, optionsOf, UNKNOWN } from '../values';
import type { InstanceValue, Value } from '../values';
import { evaluateArguments } from './calls';
import { findMethod, isLinearSubclass } from './classes';
import type { Evaluator } from './evaluator';
import { callModule, plainModule } from './modules';
import { callFunction, constructedAttributes } from './functions';
import { namedArguments } from './moduleArguments';
import { bindArguments, defaultsOf } from './parameters';

/** The value of `super().method(...)` or `Base.__init__(self, ...)`; null for other calls. */
export function callSuper(ev: Evaluator, expr: CallExpr): Value | null {
  const { callee } = expr;
  const { ownerClass } = ev.options;
  if (callee.kind !== 'attribute' || ownerClass === null) return null;
  const defining = ev.session.functionFacts(ev.owner)?.owner ?? ownerClass;
  let method: string | null = null;
  let explicitSelf = 0;
  if (callee.object.kind === 'call' && callee.object.callee.kind === 'name' && callee.object.callee.name === 'super') {
    method = findMethod(ev, ownerClass, callee.name, defining);
  } else if (callee.name === '__init__' && callee.object.kind === 'name') {
    const base = optionsOf(ev.evaluate(callee.object)).find((each) => each.kind === 'class');
    if (base) method = findMethod(ev, base.key, '__init__');
    else if (!isLinearSubclass(ev, ownerClass)) return null;
    explicitSelf = 1;
  } else return null;

  const { positional, keywords } = evaluateArguments(ev, expr);
  if (method === null) {
    if (callee.name === '__init__' && isLinearSubclass(ev, ownerClass)) {
      const sizes = namedArguments(ev, 'torch.nn.Linear', { positional: positional.slice(explicitSelf), keywords });
      for (const name of ['in_features', 'out_features']) {
        const value = sizes.get(name);
        if (value) ev.frame.setAttribute(name, value);
      }
    }
    // torch.nn.Module's own name for what it holds.
    if (callee.name === '__init__')
      ev.frame.setAttribute('_modules', {
        kind: 'dict',
        element: joinAll(positional.map((each) => each.value)),
        entries: null,
      });
    const module = callee.name === 'forward' ? plainModule(ev, ownerClass) : null;
    return module ? callModule(ev, module, { positional, keywords }, expr) : UNKNOWN;
  }
  const self: InstanceValue = { kind: 'instance', key: ownerClass, given: new Map() };
  const given = positional.slice(explicitSelf);
  if (callee.name !== '__init__')
    return callFunction(ev, { kind: 'function', key: method, self }, { positional: given, keywords }, expr);
  const parameters = ev.session.functionFacts(method)?.def.parameters ?? [];
  const bound = defaultsOf(ev, parameters, bindArguments(parameters, given, keywords, 1), ev.session.fileOf(method));
  for (const [name, value] of constructedAttributes(ev, method, bound)) ev.frame.setAttribute(name, value);
  return { kind: 'none' };
}
