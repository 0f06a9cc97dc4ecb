import { isBestNextStep } from '../last-point.js';
import { deterministicMethod, linearStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of MAXRIGHT after T linearly decaying steps along exact gradients. */
export const maxrightLastLinear = runTheorem({
  id: 'M.last.linear',
  kind: 'tight',
  measures: ['maxGap'],
  measured: 'k = 1,\\ \\alpha_t = \\alpha\\tfrac{T+1-t}{T+1}:\\ F_{\\max}(\\theta_{T+1}) - \\min F_{\\max}',
  formula: 'w*(D0^2/(2*alpha*(T+1)) + alpha*G^2/2)',
  needs: ['w', 'D0', 'alpha', 'T', 'G'],
  reference: 'docs/theory.md, M; attained: W',
  origin: 'here',
  isAttained: isBestNextStep,
  ...linearStepsOf(deterministicMethod),
});
