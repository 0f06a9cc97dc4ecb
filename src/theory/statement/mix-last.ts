import { lastPointConstant } from '../last-point.js';
import { constantStepsOf, mixMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of Mix after T constant steps. */
export const mixLast = runTheorem({
  id: 'X.last',
  kind: 'tight',
  measures: ['gap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*U) + alpha*(lambda*G_dpo + (1-lambda)*G_sft)^2/2*(U - 2*T)',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft', 'U'],
  reference: 'docs/theory.md, X, Lemma 3; attained: worst-case',
  origin: 'here; deterministic: Zamani and Glineur 2023',
  ...constantStepsOf(mixMethod, lastPointConstant),
});
