/** Names that samples use, with the annotation that tells the translator what they are; verify_calls.py fills them. */
export const INPUTS: ReadonlyMap<string, string> = new Map([
  // (3, 4): any numbers, others, positive ones, ones inside (-1, 1), ones with rows of zeros
  ...['x', 'y', 'p', 'u', 'z'].map((each) => [each, 'torch.Tensor'] as const),
  // (4,), (3,), (4, 5), (5, 4), (4, 4), (2, 3, 4), (2, 4, 5), (1, 3, 1), (), (3, 4) known to be of floats
  ...['v', 'a', 'm', 'w', 's', 'c', 'd', 'o', 'e'].map((each) => [each, 'torch.Tensor'] as const),
  ['t', 'torch.FloatTensor'],
  // (3, 4) of integers, (3, 2) and (2,) of indices, (3, 4) of truth values
  ['k', 'torch.LongTensor'],
  ['i', 'torch.LongTensor'],
  ['j', 'torch.LongTensor'],
  ['b', 'torch.BoolTensor'],
]);

/** The inputs that a call mentions, in the order of the table. */
export function inputsOf(code: string): readonly string[] {
  return [...INPUTS.keys()].filter((each) => new RegExp(`(?<![.\\w"'])${each}(?![\\w"'=(])`).test(code));
}

/** What the inputs that may be of any kind are declared to be. */
export type Declared = 'torch.Tensor' | 'torch.LongTensor' | 'torch.BoolTensor';

function parametersOf(code: string, declared: Declared): readonly string[] {
  return inputsOf(code).map((each) => {
    const annotation = INPUTS.get(each) ?? '';
    return `${each}: ${annotation === 'torch.Tensor' ? declared : annotation}`;
  });
}

/** A function of the inputs that returns the call, with what it imports. */
export function functionOf(code: string, declared: Declared = 'torch.Tensor'): string {
  const parameters = parametersOf(code, declared);
  return `import math\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\ndef f(${parameters.join(', ')}):\n    return ${code}\n`;
}

/** A module whose forward is one call of a module of torch.nn. */
export function moduleOf(construction: string, call: string): string {
  const parameters = ['self', ...parametersOf(call, 'torch.Tensor')];
  return `import torch\nimport torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.part = ${construction}\n\n    def forward(${parameters.join(', ')}):\n        return ${call}\n`;
}
