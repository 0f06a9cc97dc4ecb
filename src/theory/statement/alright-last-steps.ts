import { lastPointSequence } from '../last-point.js';
import { anyStepsOf, alrightMethod } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of ALRIGHT after T positive steps of any sizes. */
export const alrightLastSteps = runTheorem({
  id: 'A.last.steps',
  kind: 'upper',
  measures: ['gap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*y^2) + G^2*V/2',
  needs: ['D0', 'G', 'y', 'V'],
  reference: 'docs/theory.md, A, Lemma 3',
  origin: 'here, after Zamani and Glineur 2023; tightness open',
  ...anyStepsOf(alrightMethod, lastPointSequence),
});
