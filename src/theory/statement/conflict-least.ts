import { conflictTrials } from '../conflict.js';
import { theorem } from '../theorem.js';

/** And at least that conflict over the smoothness, where a gradient step from that optimum stays in Θ. */
export const conflictLeast = theorem({
  id: 'S.conflict.least',
  kind: 'lower',
  measured: '\\Delta',
  formula: 'slope^2/(2*L)',
  needs: ['slope', 'L'],
  reference: 'docs/theory.md, S, conflict',
  origin: 'here',
  trials: (subject) => conflictTrials(subject, (descent, { L }) => L > 0 && Math.hypot(...descent) <= subject.radius),
});
