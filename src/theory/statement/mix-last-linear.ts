import { isBestNextStep } from '../last-point.js';
import { linearStepsOf, mixMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of Mix after T linearly decaying steps α (T + 1 − t)/(T + 1). */
export const mixLastLinear = runTheorem({
  id: 'X.last.linear',
  kind: 'tight',
  measures: ['gap'],
  measured: '\\alpha_t = \\alpha\\tfrac{T+1-t}{T+1}:\\ \\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(T+1)) + alpha*(lambda*G_dpo + (1-lambda)*G_sft)^2/2',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, X; Zamani and Glineur 2023',
  origin: 'Zamani and Glineur 2023',
  isAttained: isBestNextStep,
  ...linearStepsOf(mixMethod),
});
