import { adaptiveStepsOf } from '../adaptive-steps.js';
import { maxrightMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** MAXRIGHT with steps that adapt to the gradients met: G is in the bound, not in the steps. */
export const maxrightAdaptive = runTheorem({
  id: 'M.adaptive',
  kind: 'upper',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured:
    '\\text{adaptive steps:}\\ k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*2*sqrt(2)*R*G/sqrt(T)',
  needs: ['w', 'R', 'G', 'T'],
  reference: 'docs/theory.md, M, adaptive steps',
  origin: 'here',
  ...adaptiveStepsOf(maxrightMethod),
});
