import { adaptiveStepsOf } from '../adaptive-steps.js';
import { alrightMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** ALRIGHT with steps that adapt to the gradients met: G is in the bound, not in the steps. */
export const alrightAdaptive = runTheorem({
  id: 'A.adaptive',
  kind: 'upper',
  measures: ['averageGap', 'meanGap'],
  measured: '\\text{adaptive steps:}\\ \\mathbb{E}\\,F_\\lambda(\\bar\\theta) - \\min F_\\lambda',
  formula: '2*sqrt(2)*R*G/sqrt(T)',
  needs: ['R', 'G', 'T'],
  reference: 'docs/theory.md, A, adaptive steps',
  origin: 'known technique (AdaGrad)',
  ...adaptiveStepsOf(alrightMethod),
});
