import { lastPointConstant } from '../last-point.js';
import { constantStepsOf, deterministicMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of MAXRIGHT after T constant steps along exact gradients. */
export const maxrightLast = runTheorem({
  id: 'M.last',
  kind: 'tight',
  measures: ['maxGap'],
  measured: 'k = 1:\\ F_{\\max}(\\theta_{T+1}) - \\min F_{\\max}',
  formula: 'w*(D0^2/(2*alpha*U) + alpha*G^2/2*(U - 2*T))',
  needs: ['w', 'D0', 'alpha', 'T', 'G', 'U'],
  reference: 'docs/theory.md, M',
  origin: 'here',
  ...constantStepsOf(deterministicMethod, lastPointConstant),
});
