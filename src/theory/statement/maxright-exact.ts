import { isBestStep } from '../last-point.js';
import { constantStepsOf, maxrightMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** MAXRIGHT that compares exact values at every step. */
export const maxrightExact = runTheorem({
  id: 'M.exact',
  kind: 'tight',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured: 'k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*(D0^2/(2*alpha*T) + alpha*G^2/2)',
  needs: ['w', 'D0', 'alpha', 'T', 'G'],
  reference: 'arXiv 2410.15483 (MAXRIGHT) with explicit constants: docs/theory.md, M; attained: W',
  origin: 'the paper; constants here',
  isAttained: isBestStep,
  ...constantStepsOf(maxrightMethod),
});
