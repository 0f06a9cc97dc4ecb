import { alternating } from '../../schedule/alternating.js';
import { cycleRuns, onCycles } from '../cycles.js';
import { lastPointConstant } from '../last-point.js';
import { runTheorem } from '../theorem.js';

/** The point after C cycles of n steps. */
export const alternatingLast = runTheorem({
  id: 'C.last',
  kind: 'upper',
  schedule: alternating,
  measures: ['gap'],
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{Cn+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*n*U) + alpha*n*(lambda*G_dpo + (1-lambda)*G_sft)^2/2*(U - 2*C)',
  needs: ['D0', 'alpha', 'n', 'C', 'lambda', 'G_dpo', 'G_sft', 'U'],
  reference: 'docs/theory.md, C',
  origin: 'here',
  applies: onCycles(({ alpha, n, C, D0, G }) => lastPointConstant({ T: C, alpha: alpha * n, D0, G })),
  runs: cycleRuns,
});
