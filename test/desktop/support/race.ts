/** A race request with everything that the client does not look at. */
import { DEFAULT_BUDGET } from '../../../src/protocol';
import type { RaceRequest } from '../../../src/protocol';

export function raceRequest(id: string): RaceRequest {
  return {
    id,
    target: { file: null, qualname: 'f', line: 1, synthetic: false, inputs: {}, init: {} },
    programs: [{ id: 'torch', file: null, text: 'def f(a):\n    return a @ a\n', qualname: 'f', roots: [] }],
    inputs: [{ kind: 'float', name: 'a', dtype: 'f32', shape: [8, 8] }],
    init: [],
    variants: [
      {
        name: 'torch-eager',
        framework: 'torch',
        label: 'PyTorch eager',
        program: 'torch',
        source: 'variant = target\n',
        takes_params: false,
        compiled: false,
        flops: null,
      },
    ],
    modes: ['forward'],
    work: { flops: 1024, bytes: null, products: 1 },
    device: 'cpu',
    precision: 'highest',
    seed: 0,
    budget: DEFAULT_BUDGET,
  };
}
