import { alternating } from '../../schedule/alternating.js';
import { cycleRuns, onCycles } from '../cycles.js';
import { runTheorem } from '../theorem.js';

/** The mean gap at the starts of C cycles of n steps: what C steps of Mix, n times as long, give. */
export const alternatingAverage = runTheorem({
  id: 'C.average',
  kind: 'upper',
  schedule: alternating,
  measures: ['cycleGap'],
  measured: '\\mathbb{E}\\,\\tfrac1C\\textstyle\\sum_c F_\\lambda(\\theta_{cn+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*n*C) + alpha*n*(lambda*G_dpo + (1-lambda)*G_sft)^2/2',
  needs: ['D0', 'alpha', 'n', 'C', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, C',
  origin: 'here',
  applies: onCycles(),
  runs: cycleRuns,
});
