import { isBestStep } from '../last-point.js';
import { alrightMethod, constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The average point of ALRIGHT, and the mean over the points at which gradients are taken. */
export const alrightAverage = runTheorem({
  id: 'A.average',
  kind: 'tight',
  measures: ['averageGap', 'meanGap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\bar\\theta) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*T) + alpha*G^2/2',
  needs: ['D0', 'alpha', 'T', 'G'],
  reference: 'arXiv 2410.15483 (ALRIGHT) with explicit constants: docs/theory.md, A; attained: W',
  origin: 'the paper; constants here',
  isAttained: isBestStep,
  ...constantStepsOf(alrightMethod),
});
