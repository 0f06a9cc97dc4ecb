import { isBestStep } from '../last-point.js';
import { constantStepsOf, mixMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The average point of Mix, at (c_DPO + c_SFT)/(λ c_DPO + (1 − λ) c_SFT) times the gradient work of ALRIGHT. */
export const mixAverage = runTheorem({
  id: 'X.average',
  kind: 'tight',
  measures: ['averageGap', 'meanGap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\bar\\theta) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*T) + alpha*(lambda*G_dpo + (1-lambda)*G_sft)^2/2',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, X',
  origin: 'classical',
  isAttained: isBestStep,
  ...constantStepsOf(mixMethod),
});
