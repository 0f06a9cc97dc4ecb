import { isBestPoint, stepSums } from '../last-point.js';
import { alrightMethod, anyStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The least gap among the start and the points after T positive steps; a further step as long as the last is reasoned about, not taken. */
export const alrightBest = runTheorem({
  id: 'A.best',
  kind: 'tight',
  measures: ['bestGap'],
  measured: '\\mathbb{E}\\min_{t \\le T+1} F_\\lambda(\\theta_t) - \\min F_\\lambda',
  formula: '(D0^2 + G^2*S_2)/(2*S_1)',
  needs: ['D0', 'G', 'S_1', 'S_2'],
  reference: 'docs/theory.md, A; classical',
  origin: 'classical',
  isAttained: isBestPoint,
  ...anyStepsOf(alrightMethod, stepSums),
});
