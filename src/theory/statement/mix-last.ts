import { harmonic } from '../last-point.js';
import { constantStepsOf, mixMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of Mix after T constant steps. */
export const mixLast = runTheorem({
  id: 'X.last',
  kind: 'upper',
  measures: ['gap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(T+1)) + alpha*(lambda*G_dpo + (1-lambda)*G_sft)^2/2*(1 + H)',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft', 'H'],
  reference: 'docs/theory.md, X, after Shamir and Zhang 2013',
  ...constantStepsOf(mixMethod, ({ T }) => ({ H: harmonic(T) })),
});
