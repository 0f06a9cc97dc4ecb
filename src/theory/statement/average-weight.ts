import { average } from '../../remedy/average.js';
import { isReason } from '../../remedy/limit.js';
import { differenceOfHessians, measuredGap, quadraticTrials } from '../quadratic-move.js';
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
      const { setup, w_2 } = stages;
      const limit = average.limit(setup, w_2);
      if (isReason(limit)) return [];
      const constants = differenceOfHessians(stages);
      return [{ steps: 0, constants, measure: () => measuredGap(stages, limit.minimizer) }];
    }),
});
