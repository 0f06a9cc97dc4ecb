import { early } from '../early-stop.js';
import { filtered, gapOfMove, measuredGap, moveConstants, quadraticTrials } from '../quadratic-move.js';
import { theorem } from '../theorem.js';

/** A stage two of T_2 noiseless steps on a quadratic, stopped there: the direction of eigenvalue a has gone 1 − (1 − αa)^{T_2} of its way. */
export const checkpoint = theorem({
  id: 'L.checkpoint',
  kind: 'exact',
  measured: 'm=(I-(I-\\alpha A_2)^{T_2})d:\\ F_\\lambda(\\theta_{T_2+1}) - \\min F_\\lambda',
  formula: gapOfMove,
  needs: ['q_m', 'q_md', 'q_s', 'w_2'],
  reference: 'docs/theory.md, L, early stopping',
  origin: 'here',
  attacked: true,
  trials: (subject) =>
    quadraticTrials(subject, (stages) => {
      const { alpha, best, path } = early(stages);
      return [...new Set([1, 10, best])].map((T_2) => ({
        steps: T_2,
        constants: moveConstants(
          stages,
          filtered(stages, (value) => 1 - (1 - alpha * value) ** T_2),
        ),
        measure: () => measuredGap(stages, path.pointAfter(T_2)),
      }));
    }),
});
