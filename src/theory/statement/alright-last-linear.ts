import { isBestNextStep } from '../last-point.js';
import { alrightMethod, linearStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of ALRIGHT after T linearly decaying steps α (T + 1 − t)/(T + 1): no logarithm. */
export const alrightLastLinear = runTheorem({
  id: 'A.last.linear',
  kind: 'tight',
  measures: ['gap'],
  measured: '\\alpha_t = \\alpha\\tfrac{T+1-t}{T+1}:\\ \\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(T+1)) + alpha*G^2/2',
  needs: ['D0', 'alpha', 'T', 'G'],
  reference: 'docs/theory.md, A; deterministic: Zamani and Glineur 2023; stochastic: Defazio et al. 2023',
  origin: 'Zamani and Glineur 2023; Defazio et al. 2023',
  isAttained: isBestNextStep,
  ...linearStepsOf(alrightMethod),
});
