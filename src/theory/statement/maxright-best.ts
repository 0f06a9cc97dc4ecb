import { isBestPoint, stepSums } from '../last-point.js';
import { anyStepsOf, maxrightMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The least F_max of MAXRIGHT among the start and the points after T positive steps. */
export const maxrightBest = runTheorem({
  id: 'M.best',
  kind: 'tight',
  measures: ['bestMaxGap'],
  measured: 'k = 1:\\ \\mathbb{E}\\min_{t \\le T+1} F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*(D0^2 + G^2*S_2)/(2*S_1)',
  needs: ['w', 'D0', 'G', 'S_1', 'S_2'],
  reference: 'docs/theory.md, M',
  origin: 'here',
  isAttained: isBestPoint,
  ...anyStepsOf(maxrightMethod, stepSums),
});
