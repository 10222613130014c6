/** MM110: a recurrent cell that is stepped through a sequence by hand. */
import type { AssignStmt, AugmentStmt, CallExpr, Expr, Stmt } from '../lower/ir';
import { walkExpr } from '../lower/walk';
import { boundIn, followsFrom, isTensor, loopsOf, steppedThrough, stepsOf } from './match/loops';
import type { Loop, Steps } from './match/loops';
import { ALSO_PURE } from './match/slicedSteps';
import { isPure } from './purity';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

const CELL = /^torch\.nn\.((?:RNN|GRU|LSTM))Cell$/;

export const mm110: Rule = {
  code: 'MM110',
  name: 'hand-stepped-rnn-cell',
  category: 'vectorize',
  summary:
    'A recurrent cell stepped through a sequence in Python; the module of torch for whole sequences does it in one call.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      'A loop over the time steps of a tensor that calls `nn.RNNCell`, `nn.GRUCell` or `nn.LSTMCell` on each with ' +
      'the state of the step before, one cell or several on top of each other, and does nothing else but keep the states, or ' +
      'what a Linear or another pure expression makes of each by itself. Attention, ' +
      'teacher forcing, sampling, masks, dropout or any other use of the state within the step keep the rule silent.',
    why:
      'Each step is several small products and pointwise calls that wait for the step before. `nn.RNN`, `nn.GRU` and ' +
      '`nn.LSTM` multiply the inputs of all steps in one product beforehand, leaving one product a step, and on a GPU ' +
      'cuDNN runs the whole sequence in a few kernels. The results agree up to rounding. Cells on top of each other are its `num_layers=`, where their hidden sizes agree. The parameters have other ' +
      'names (`weight_ih` becomes `rnn.weight_ih_l0`), which changes the `state_dict`, so that nothing is edited here; hooks of ' +
      'the cell no longer run. cuDNN’s backward pass cannot be differentiated again, and needs the module in train mode. ' +
      'For a sequence of a few steps there is little to gain. In JAX the loop is `jax.lax.scan`.',
    example: `class Encoder(nn.Module):
    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.cell = nn.GRUCell(width, hidden)

    def forward(self, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        states = []
        for t in range(x.shape[1]):
            h = self.cell(x[:, t], h)
            states.append(h)
        return torch.stack(states, dim=1)`,
    instead: `class Encoder(nn.Module):
    def __init__(self, width: int, hidden: int):
        super().__init__()
        self.rnn = nn.GRU(width, hidden, batch_first=True)

    def forward(self, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        states, _ = self.rnn(x, h.unsqueeze(0))
        return states`,
  },
  detect(scene) {
    const cells = scene.analysis.operations.filter(
      ({ kind, module }) => kind === 'rnn_call' && module !== null && CELL.test(module.type),
    );
    return cells.length === 0 ? [] : loopsOf(scene).flatMap((loop) => detectLoop(scene, loop) ?? []);
  },
};

function detectLoop(scene: FunctionScene, loop: Loop): Detection | null {
  const steps = loop.element ? null : stepsOf(scene, loop);
  if (!steps) return null;
  const body = new StepBody(scene, loop, steps);
  if (!loop.body.every((each) => body.accepts(each))) return null;
  const [cell] = body.cells;
  if (!cell) return null;
  const kind = CELL.exec(scene.operationOf(cell)?.module?.type ?? '')?.[1] ?? '';
  return {
    start: loop.start,
    end: loop.end,
    message: `\`${scene.source(cell.callee)}\` is stepped through a whole sequence: \`nn.${kind}\` takes all steps in one call.`,
    fixes: [],
  };
}

/** Reads one step, statement by statement. */
class StepBody {
  readonly cells: CallExpr[] = [];
  /** Names that hold this step's input. */
  private readonly inputs: Set<string>;
  /** Names that hold a state of this step, or a pair of them. */
  private readonly states = new Set<string>();
  /** Names that hold what follows from a state of this step. */
  private readonly heads = new Set<string>();
  private readonly bound: ReadonlySet<string>;

  constructor(
    private readonly scene: FunctionScene,
    private readonly loop: Loop,
    private readonly steps: Steps,
  ) {
    this.bound = boundIn(loop);
    this.inputs = new Set([...steps.items].flatMap(([name, source]) => (isTensor(scene, source, loop) ? [name] : [])));
  }

  accepts(statement: Stmt): boolean {
    if (statement.kind === 'expr') return this.isAppended(statement.value);
    if (statement.kind === 'augment') return this.isListed(statement);
    if (statement.kind !== 'assign' || !statement.value || statement.targets.length !== 1) return false;
    return this.isCellStep(statement) || this.isInput(statement) || this.isStored(statement) || this.isHead(statement);
  }

  /** `h = cell(x, h)`, `h, c = cell(x, (h, c))` */
  private isCellStep({ targets, value }: AssignStmt): boolean {
    const [target] = targets;
    const operation = value ? this.scene.operationOf(value) : null;
    if (!target || value?.kind !== 'call' || operation?.kind !== 'rnn_call') return false;
    const [input, state, more] = value.args;
    const type = operation.module?.type ?? '';
    const [first] = this.cells;
    if (!CELL.test(type) || (first && this.scene.operationOf(first)?.module?.type !== type)) return false;
    if (!input || !state || more || !this.isStepOf(input.value)) return false;
    // The state that goes in is the one that comes out.
    const names = namesOf(target);
    if (!names || names.join() !== namesOf(state.value)?.join()) return false;
    if (this.cells.some((each) => this.scene.source(each.callee) === this.scene.source(value.callee))) return false;
    this.cells.push(value);
    names.forEach((name) => this.states.add(name));
    return true;
  }

  /** `x_t = x[:, t]` */
  private isInput({ targets, value }: AssignStmt): boolean {
    const [target] = targets;
    if (target?.kind !== 'name' || this.states.has(target.name) || !value || !this.isSlice(value)) return false;
    this.inputs.add(target.name);
    return true;
  }

  /** `y = self.head(h)`: of each state by itself, so that it may be taken of all of them behind the loop. */
  private isHead({ targets, value }: AssignStmt): boolean {
    const [target] = targets;
    if (target?.kind !== 'name' || this.states.has(target.name) || this.inputs.has(target.name)) return false;
    if (!value || !this.isMadeOf(value)) return false;
    this.heads.add(target.name);
    return true;
  }

  /** A pure expression of states of this step, and of nothing else that the loop binds. */
  private isMadeOf(value: Expr): boolean {
    let [states, other] = [false, false];
    walkExpr(value, (each) => {
      if (each.kind !== 'name') return;
      if (this.states.has(each.name) || this.heads.has(each.name)) states = true;
      else if (this.bound.has(each.name)) other = true;
    });
    return states && !other && isPure(this.scene, value, ALSO_PURE);
  }

  /** `states += [h]` */
  private isListed({ target, operator, value }: AugmentStmt): boolean {
    const [only, more] = value.kind === 'list' ? value.items : [];
    return target.kind === 'name' && operator === '+' && only !== undefined && !more && this.isState(only);
  }

  /** `states[:, t] = h` */
  private isStored({ targets, value }: AssignStmt): boolean {
    const [target] = targets;
    return (
      target !== undefined &&
      value !== null &&
      this.isState(value) &&
      steppedThrough(target, this.steps.counter) !== null
    );
  }

  private isAppended(value: Expr): boolean {
    if (value.kind !== 'call' || value.callee.kind !== 'attribute' || value.callee.name !== 'append') return false;
    const [only, more] = value.args;
    return value.callee.object.kind === 'name' && only !== undefined && !more && this.isState(only.value);
  }

  private isStepOf(input: Expr): boolean {
    if (input.kind === 'name') return this.inputs.has(input.name) || this.states.has(input.name);
    return this.isSlice(input);
  }

  private isSlice(expr: Expr): boolean {
    const source = steppedThrough(expr, this.steps.counter);
    return source !== null && !followsFrom(source, this.bound) && isTensor(this.scene, source, this.loop);
  }

  /** `h`, `h.unsqueeze(1)`, `state[0]` */
  private isState(expr: Expr): boolean {
    if (this.isMadeOf(expr)) return true;
    if (expr.kind === 'name') return this.states.has(expr.name);
    if (expr.kind === 'subscript') return expr.object.kind === 'name' && this.states.has(expr.object.name);
    const { callee } = expr.kind === 'call' ? expr : { callee: null };
    return callee?.kind === 'attribute' && /^(?:unsqueeze|clone)$/.test(callee.name) && this.isState(callee.object);
  }
}

function namesOf(expr: Expr): readonly string[] | null {
  if (expr.kind === 'name') return [expr.name];
  if (expr.kind !== 'tuple' && expr.kind !== 'list') return null;
  const names = expr.items.flatMap((each) => (each.kind === 'name' ? [each.name] : []));
  return names.length === expr.items.length ? names : null;
}
