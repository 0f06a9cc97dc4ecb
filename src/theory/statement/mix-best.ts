import { isBestPoint, stepSums } from '../last-point.js';
import { anyStepsOf, mixMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The least gap of Mix among the start and the points after T positive steps. */
export const mixBest = runTheorem({
  id: 'X.best',
  kind: 'tight',
  measures: ['bestGap'],
  measured: '\\mathbb{E}\\min_{t \\le T+1} F_\\lambda(\\theta_t) - \\min F_\\lambda',
  formula: '(D0^2 + (lambda*G_dpo + (1-lambda)*G_sft)^2*S_2)/(2*S_1)',
  needs: ['D0', 'lambda', 'G_dpo', 'G_sft', 'S_1', 'S_2'],
  reference: 'docs/theory.md, X; classical',
  origin: 'classical',
  isAttained: isBestPoint,
  ...anyStepsOf(mixMethod, stepSums),
});
