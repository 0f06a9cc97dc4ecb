import { average } from '../../remedy/average.js';
import { isReason } from '../../remedy/limit.js';
import { inner } from '../../base/vector.js';
import { measuredGap, quadraticTrials } from '../quadratic-move.js';
import { theorem } from '../theorem.js';

/** Averaging both models with the weights of F_λ on quadratics: nothing is lost where the Hessians agree along the way between them. */
export const averageWeight = theorem({
  id: 'L.average.weight',
  kind: 'exact',
  measured: 'F_\\lambda(w_1\\theta_1^*+w_2\\theta_2^*) - \\min F_\\lambda',
  formula: 'w_1^2*w_2^2*q_c/2',
  needs: ['w_1', 'w_2', 'q_c'],
  reference: 'docs/theory.md, L, averages',
  origin: 'here',
  attacked: true,
  trials: (subject) =>
    quadraticTrials(subject, (stages) => {
      const { setup, w_1, w_2, d, first, second, unweighted } = stages;
      const limit = average.limit(setup, w_2);
      if (isReason(limit)) return [];
      const two = second(d);
      const apart = first(d).map((entry, i) => entry - two[i]);
      const constants = { w_1, w_2, q_c: inner(apart, unweighted(apart)) };
      return [{ steps: 0, constants, measure: () => measuredGap(stages, limit.minimizer) }];
    }),
});
