import { termTrials } from '../added-term.js';
import { theorem } from '../theorem.js';
import { approximateTerms } from './limit-term.js';

/** The same on a ball, where F_λ need not be strongly convex. */
export const limitTermBall = theorem({
  id: 'L.term.ball',
  kind: 'upper',
  measured: '\\hat\\theta=\\operatorname{argmin} w_2f_2+h:\\ F_\\lambda(\\hat\\theta) - \\min F_\\lambda',
  formula: 'R*residual + along',
  needs: ['R', 'residual', 'along'],
  reference: 'docs/theory.md, L, an added term',
  origin: 'here',
  attacked: true,
  trials: (subject) =>
    subject.radius < Infinity ? termTrials(subject, approximateTerms, () => undefined) : { reason: 'it needs a ball' },
});
