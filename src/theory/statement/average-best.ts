import { average } from '../../remedy/average.js';
import { gapAt } from '../../remedy/judge.js';
import { isReason } from '../../remedy/limit.js';
import { inner } from '../../base/vector.js';
import { computed } from '../measurement.js';
import { quadraticTrials, type QuadraticStages } from '../quadratic-move.js';
import { theorem } from '../theorem.js';

/** The best average of both models on quadratics, a = w_2 dᵀA_2d/dᵀA_λd: what no average gets below. */
export const averageBest = theorem({
  id: 'L.average',
  kind: 'exact',
  measured: '\\min_a F_\\lambda((1-a)\\theta_1^*+a\\theta_2^*) - \\min F_\\lambda',
  formula: 'w_2^2/2*(q_s - q_2^2/q_lambda)',
  needs: ['w_2', 'q_s', 'q_2', 'q_lambda'],
  reference: 'docs/theory.md, L, averages',
  origin: 'here',
  attacked: true,
  trials: (subject) =>
    quadraticTrials(subject, (stages) => {
      const { w_2, d, weighted, second, unweighted } = stages;
      const pull = second(d);
      const constants = {
        w_2,
        q_s: inner(pull, unweighted(pull)),
        q_2: inner(d, pull),
        q_lambda: inner(d, weighted(d)),
      };
      return [{ steps: 0, constants, measure: () => computed(leastGap(stages), 1e-9 * Math.max(1, constants.q_2)) }];
    }),
});

/** The least gap over a in [0, 1], by a search that knows no formula. */
function leastGap({ setup }: QuadraticStages): number {
  const gap = (a: number): number => {
    const limit = average.limit(setup, a);
    return isReason(limit) ? Infinity : gapAt(setup, limit.minimizer);
  };
  let [low, high] = [0, 1];
  for (let round = 0; round < 80; round++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (gap(a) < gap(b)) high = b;
    else low = a;
  }
  return gap((low + high) / 2);
}
