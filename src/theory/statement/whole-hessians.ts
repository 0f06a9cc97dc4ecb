import { fisherAverage } from '../../remedy/fisher-average.js';
import { laplaceAnchor } from '../../remedy/laplace-anchor.js';
import { isReason } from '../../remedy/limit.js';
import { measuredGap, moveConstants, quadraticTrials } from '../quadratic-move.js';
import { theorem, type Trial } from '../theorem.js';

/** Remedies that know the whole Hessian of the first objective leave nothing on quadratics. */
export const wholeHessians = theorem({
  id: 'L.hessian',
  kind: 'exact',
  measured:
    'P=A_1,\\ \\kappa=w_1/w_2;\\ A_\\lambda^{-1}(w_1A_1\\theta_1^*+w_2A_2\\theta_2^*):\\ F_\\lambda(\\hat\\theta)-\\min F_\\lambda',
  formula: '0',
  needs: [],
  reference: 'docs/theory.md, L, an added term and averages',
  origin: 'known',
  trials: (subject) =>
    quadraticTrials(subject, (stages) =>
      [
        { name: fisherAverage.name, limit: fisherAverage.limit(stages.setup, undefined) },
        { name: laplaceAnchor.name, limit: laplaceAnchor.limit(stages.setup, stages.w_1 / stages.w_2) },
      ].flatMap(({ name, limit }): Trial[] => {
        if (isReason(limit)) return [];
        // What a whole stage two would cost, for statements that are wrong.
        const constants = moveConstants(stages, stages.d);
        return [{ steps: 0, variant: name, constants, measure: () => measuredGap(stages, limit.minimizer) }];
      }),
    ),
});
