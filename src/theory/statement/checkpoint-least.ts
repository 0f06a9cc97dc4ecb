import { modulusOf } from '../../remedy/judge.js';
import { distanceFromStops, early } from '../early-stop.js';
import { measuredGap, quadraticTrials } from '../quadratic-move.js';
import { theorem } from '../theorem.js';

/** What no checkpoint of stage two reaches on quadratics, however long it runs and however its steps of at most 1/L_2 are chosen. */
export const checkpointLeast = theorem({
  id: 'L.checkpoint.least',
  kind: 'lower',
  measured: '\\min_{T_2} F_\\lambda(\\theta_{T_2+1}) - \\min F_\\lambda',
  formula: 'mu*h^2/2',
  needs: ['mu', 'h'],
  reference: 'docs/theory.md, L, early stopping',
  origin: 'here',
  attacked: true,
  trials: (subject) =>
    quadraticTrials(subject, (stages) => {
      const { best, path } = early(stages);
      const constants = { mu: modulusOf(stages.setup), h: distanceFromStops(stages) };
      return [{ steps: best, constants, measure: () => measuredGap(stages, path.pointAfter(best)) }];
    }),
});
