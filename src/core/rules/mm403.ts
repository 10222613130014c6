/** MM403: a value that is taken from the device in each step of a loop, only to be added up or listed. */
import { isCall } from '../infer/operations';
import type { Expr, Stmt } from '../lower/ir';
import { walkExpr, walkBody, walkStatements } from '../lower/walk';
import { innermostLoop, isConditional, surroundingsOf } from './match/surroundings';
import type { LoopStmt } from './match/surroundings';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm403: Rule = {
  code: 'MM403',
  name: 'sync-between-products',
  category: 'hardware',
  summary: 'A loop that multiplies and, in each step, waits for a value only to add it up or list it.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  topLevel: true,
  since: '0.1.0',
  docs: {
    finds:
      '`total += loss.item()` and `losses.append(loss.item())` (or `float(loss)`) in a loop that multiplies in each ' +
      'step, in a file that speaks of a device. What stands behind an `if` in the loop, such as logging every ' +
      'hundred steps, what is taken after the loop, and `.cpu()`, `.numpy()` and `.tolist()`, which free memory of ' +
      'the device, are left alone.',
    why:
      'Operations are handed to the device ahead of time. `.item()` waits until all of them are done, and the device ' +
      'then waits for the next step to be handed over: a stall of tens of microseconds and more in each step, which ' +
      'is much for small models and nothing for steps of a second. Add up `loss.detach()` and take the sum after ' +
      'the loop: without `detach` the graph of every step is kept. A sum on the device is rounded to its ' +
      'dtype, where that of Python has 53 bits. On the CPU there is nothing to gain.',
    example: `def train(model: nn.Linear, batches: list[torch.Tensor], optimizer) -> float:
    total = 0.0
    for x in batches:
        loss = (model(x.to("cuda")) ** 2).mean()
        loss.backward()
        optimizer.step()
        total += loss.item()
    return total`,
    instead: `def train(model: nn.Linear, batches: list[torch.Tensor], optimizer) -> float:
    total = torch.zeros((), device="cuda")
    for x in batches:
        loss = (model(x.to("cuda")) ** 2).mean()
        loss.backward()
        optimizer.step()
        total += loss.detach()
    return total.item()`,
  },
  detect(scene) {
    const products = scene.analysis.operations.filter((each) => isCall(each) && each.framework === 'torch');
    if (!products.some((each) => each.loops.length > 0)) return [];
    if (!scene.ask(({ text }) => /\b(?:cuda|device|mps)\b/.test(text))) return [];
    const found: Detection[] = [];
    walkStatements(scene.def.body, (statement) => {
      const gathered = gatheredValue(statement);
      if (!gathered || !/\.item\(|\bfloat\(/.test(scene.source(gathered))) return;
      const around = surroundingsOf(scene, statement);
      const loop = around && innermostLoop(around, statement);
      if (!loop || isConditional(around, loop)) return;
      if (!products.some((each) => each.loops.at(-1)?.start === loop.start && each.loops.at(-1)?.end === loop.end))
        return;
      const taken = takenFrom(scene, gathered, loop);
      if (!taken) return;
      const { start, end } = taken;
      const source = scene.source(taken);
      const what = source.includes('\n') ? 'This' : `\`${source}\``;
      const message = `${what} waits for the device in each step: gather the tensor, detached, and take its value after the loop.`;
      found.push({ start, end, message, fixes: [] });
    });
    return found;
  },
};

/** What a statement adds to a number or appends to a list, and does nothing else with. */
function gatheredValue(statement: Stmt): Expr | null {
  if (statement.kind === 'augment') return statement.operator === '+' ? statement.value : null;
  if (statement.kind !== 'expr' || statement.value.kind !== 'call') return null;
  const { callee, args } = statement.value;
  const [only, more] = args;
  return callee.kind === 'attribute' && callee.name === 'append' && only && !more ? only.value : null;
}

/** `loss.item()` or `float(loss)` of a tensor, alone or times something else. */
function takenFrom(scene: FunctionScene, expr: Expr, loop: LoopStmt): Expr | null {
  if (expr.kind === 'binary' && (expr.operator === '*' || expr.operator === '/'))
    return takenFrom(scene, expr.left, loop) ?? takenFrom(scene, expr.right, loop);
  if (expr.kind !== 'call') return null;
  const { callee, args } = expr;
  const [first] = args;
  if (callee.kind === 'attribute' && callee.name === 'item' && !first)
    return isTensor(scene, callee.object, loop) ? expr : null;
  const isFloat = callee.kind === 'name' && scene.qualifiedName(callee) === 'builtins.float';
  return isFloat && first && args.length === 1 && isTensor(scene, first.value, loop) ? expr : null;
}

/** By its value, or because the loop asks for its gradients. */
function isTensor(scene: FunctionScene, expr: Expr, loop: LoopStmt): boolean {
  if (scene.tensorOf(expr)) return true;
  if (scene.valueOf(expr).kind !== 'unknown') return false;
  let names: string | null = expr.kind === 'name' ? expr.name : null;
  walkExpr(expr, (each) => {
    if (each.kind === 'call' && !(each.callee.kind === 'attribute' && /^(?:detach|mean|sum)$/.test(each.callee.name)))
      names = null;
    else if (each.kind === 'name') names = each.name;
  });
  if (names === null) return false;
  let differentiated = false;
  walkBody(loop.body, (each) => {
    if (each.kind !== 'call' || each.callee.kind !== 'attribute' || each.callee.name !== 'backward') return;
    const { object } = each.callee;
    if (object.kind === 'name' && object.name === names) differentiated = true;
  });
  return differentiated;
}
