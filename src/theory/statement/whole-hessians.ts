import { fisherAverage } from '../../remedy/fisher-average.js';
import { laplaceAnchor } from '../../remedy/laplace-anchor.js';
import { isReason } from '../../remedy/limit.js';
import { excessOverIdeal, parallelSum, quadraticTrials } from '../quadratic-move.js';
import { theorem, type Trial } from '../theorem.js';

/**
 * Remedies that know the whole Hessian of the first objective end at min F_λ on quadratics: what is left above both optima is
 * what no θ avoids, the parallel sum of the weighted Hessians along the way between these.
 */
export const wholeHessians = theorem({
  id: 'L.hessian',
  kind: 'exact',
  measured:
    'P=A_1,\\ \\kappa=w_1/w_2;\\ A_\\lambda^{-1}(w_1A_1\\theta_1^*+w_2A_2\\theta_2^*):\\ F_\\lambda(\\hat\\theta)-w_1f_1^*-w_2f_2^*',
  formula: 'w_1*w_2*q_p/2',
  needs: ['w_1', 'w_2', 'q_p'],
  reference: 'docs/theory.md, L, moves',
  origin: 'known',
  attacked: true,
  trials: (subject) =>
    quadraticTrials(subject, (stages) =>
      [
        { name: fisherAverage.name, limit: fisherAverage.limit(stages.setup, undefined) },
        { name: laplaceAnchor.name, limit: laplaceAnchor.limit(stages.setup, stages.w_1 / stages.w_2) },
      ].flatMap(({ name, limit }): Trial[] => {
        if (isReason(limit)) return [];
        const constants = parallelSum(stages);
        return [{ steps: 0, variant: name, constants, measure: () => excessOverIdeal(stages, limit.minimizer) }];
      }),
    ),
});
