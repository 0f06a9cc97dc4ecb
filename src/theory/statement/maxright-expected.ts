import { constantStepsOf } from '../subgradient-method.js';
import { gaussianMethod, largestNormalLoss, valueDeviation } from '../noisy-values.js';
import { runTheorem } from '../theorem.js';

/** MAXRIGHT on exact values with independent Gaussian noise: expected errors suffice at k = 1. */
export const maxrightExpected = runTheorem({
  id: 'M.noisy.expected',
  kind: 'upper',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured: 'k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'w*(D0^2/(2*alpha*T) + alpha*G^2/2) + w/m*epsilon',
  needs: ['w', 'm', 'D0', 'alpha', 'T', 'G', 'epsilon'],
  reference: 'docs/theory.md, M; ε = max of Δ P(N(0, s²) ≥ Δ), s the deviation of the weighted errors’ difference',
  origin: 'here',
  ...constantStepsOf(gaussianMethod, (_known, setting) => ({
    epsilon: valueDeviation(setting) * largestNormalLoss,
  })),
});
