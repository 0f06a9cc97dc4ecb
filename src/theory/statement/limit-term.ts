import { chosenNll } from '../../remedy/chosen-nll.js';
import { ewcAnchor } from '../../remedy/ewc-anchor.js';
import { modulusOf } from '../../remedy/judge.js';
import { l2Anchor } from '../../remedy/l2-anchor.js';
import { laplaceAnchor } from '../../remedy/laplace-anchor.js';
import { termTrials } from '../added-term.js';
import { theorem } from '../theorem.js';

/** Remedies that add a term to stage two whose gradient need not be that of the first objective. */
export const approximateTerms = [l2Anchor, ewcAnchor, laplaceAnchor, chosenNll];

/** The gap of a stage two with an added term: what the term's gradient lacks of the first objective's, where F_λ is strongly convex. */
export const limitTerm = theorem({
  id: 'L.term',
  kind: 'tight',
  measured: '\\hat\\theta=\\operatorname{argmin} w_2f_2+h:\\ F_\\lambda(\\hat\\theta) - \\min F_\\lambda',
  formula: 'residual^2/(2*mu)',
  needs: ['residual', 'mu'],
  reference: 'docs/theory.md, L, an added term; attained: equal isotropic Hessians',
  origin: 'here',
  attacked: true,
  trials: (subject) =>
    termTrials(subject, approximateTerms, (setup) =>
      modulusOf(setup) > 0 ? undefined : { reason: 'no modulus of strong convexity is known' },
    ),
});
