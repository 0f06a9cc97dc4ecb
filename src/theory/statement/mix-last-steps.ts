import { lastPointSequence } from '../last-point.js';
import { anyStepsOf, mixMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of Mix after T positive steps of any sizes. */
export const mixLastSteps = runTheorem({
  id: 'X.last.steps',
  kind: 'upper',
  measures: ['gap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*y^2) + (lambda*G_dpo + (1-lambda)*G_sft)^2*V/2',
  needs: ['D0', 'lambda', 'G_dpo', 'G_sft', 'y', 'V'],
  reference: 'docs/theory.md, X, Lemma 3',
  origin: 'here, after Zamani and Glineur 2023; tightness open',
  ...anyStepsOf(mixMethod, lastPointSequence),
});
