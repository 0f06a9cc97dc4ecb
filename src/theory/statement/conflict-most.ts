import { conflictTrials } from '../conflict.js';
import { theorem } from '../theorem.js';

/** What Sequential keeps is at most the conflict of the gradients at the second objective's optimum. */
export const conflictMost = theorem({
  id: 'S.conflict.most',
  kind: 'tight',
  measured: '\\Delta',
  formula: 'slope^2/(2*mu)',
  needs: ['slope', 'mu'],
  reference: 'docs/theory.md, S, conflict; attained: equal isotropic Hessians',
  origin: 'here',
  trials: (subject) => conflictTrials(subject, (_descent, { mu }) => mu > 0),
});
