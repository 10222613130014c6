/** What became of trying a fix, for people. */
import type { VerifyVerdict } from '../../core';

/** Such as `computes the same in 5 of 5 cases (error 2.1e-07)`. */
export function verdictText(verdict: VerifyVerdict, guessed: boolean): string {
  switch (verdict.kind) {
    case 'same': {
      const { checked, left, error } = verdict;
      const accuracy = error === null ? '' : `, error ${error.toExponential(1)} against float64`;
      const sizes = guessed ? '; sizes that the code does not tell were chosen' : '';
      const others = left.map((each) => `; not with ${each.label}: the code as written cannot be run (${each.reason})`);
      return `computes the same with ${checked.join(', ')}${accuracy}${sizes}${others.join('')}`;
    }
    case 'differs':
      return `differs with ${verdict.label}: ${verdict.reason}`;
    case 'unchecked':
      return `could not be tried: ${verdict.reason}`;
  }
}
