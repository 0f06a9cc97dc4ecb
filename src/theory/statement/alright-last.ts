import { lastPointConstant } from '../last-point.js';
import { constantStepsOf, alrightMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of ALRIGHT after T constant steps. */
export const alrightLast = runTheorem({
  id: 'A.last',
  kind: 'tight',
  measures: ['gap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*U) + alpha*G^2/2*(U - 2*T)',
  needs: ['D0', 'alpha', 'T', 'G', 'U'],
  reference: 'docs/theory.md, A, Lemma 3; attained: worst-case',
  origin: 'here; deterministic: Zamani and Glineur 2023',
  ...constantStepsOf(alrightMethod, lastPointConstant),
});
