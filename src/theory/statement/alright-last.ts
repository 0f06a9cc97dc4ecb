import { harmonic } from '../last-point.js';
import { alrightMethod, constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of ALRIGHT after T constant steps. */
export const alrightLast = runTheorem({
  id: 'A.last',
  kind: 'upper',
  measures: ['gap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(T+1)) + alpha*G^2/2*(1 + H)',
  needs: ['D0', 'alpha', 'T', 'G', 'H'],
  reference: 'docs/theory.md, A, after Shamir and Zhang 2013',
  ...constantStepsOf(alrightMethod, ({ T }) => ({ H: harmonic(T) })),
});
