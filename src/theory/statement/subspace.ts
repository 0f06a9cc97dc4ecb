import { subspace } from '../../remedy/subspace.js';
import { isReason } from '../../remedy/limit.js';
import { filtered, gapOfMove, measuredGap, moveConstants, quadraticTrials } from '../quadratic-move.js';
import { theorem } from '../theorem.js';

/** Stage two in the leading eigenvectors B of its Hessian: it goes all of the way there and nowhere else, whatever λ is. */
export const subspaceLimit = theorem({
  id: 'L.subspace',
  kind: 'exact',
  measured: 'm=B(B^{\\mathsf T}A_2B)^{-1}B^{\\mathsf T}A_2d:\\ F_\\lambda(\\hat\\theta) - \\min F_\\lambda',
  formula: gapOfMove,
  needs: ['q_m', 'q_md', 'q_s', 'w_2'],
  reference: 'docs/theory.md, L, moves',
  origin: 'here',
  attacked: true,
  trials: (subject) =>
    quadraticTrials(subject, (stages) => {
      const { dimension } = stages.setup.problem;
      const descending = Array.from(stages.basis.values).sort((a, b) => b - a);
      const rank = Math.ceil(dimension / 2);
      // Between equal eigenvalues nothing says which vector leads.
      if (rank < dimension && !(descending[rank - 1] > descending[rank] * (1 + 1e-6))) return [];
      const limit = subspace.limit(stages.setup, rank);
      if (isReason(limit)) return [];
      const constants = moveConstants(
        stages,
        filtered(stages, (value) => (value >= descending[rank - 1] * (1 - 1e-9) ? 1 : 0)),
      );
      return [{ steps: 0, variant: `r = ${rank}`, constants, measure: () => measuredGap(stages, limit.minimizer) }];
    }),
});
