import { ontoBall } from '../convex/optimum/quadratic-model.js';
import { between, isReason } from './limit.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { sequentialEnds, valuesOf } from './runs.js';
import { share } from './share.js';

/**
 * Average: (1 − a)θ_1 + aθ_2 of the models at the ends of both stages (WiSE-FT; PAFT averages two runs from one start).
 * For quadratics the best a is w_2 dᵀA_2 d/dᵀA_λ d, d = θ_2 − θ_1; it is w_2, with a gap of zero, where the Hessians are equal.
 */
export const average: Remedy<number> = {
  name: 'average',
  label: 'Average',
  description: '(1 − a) × the model of stage one + a × that of stage two',
  kind: 'output',
  needs: needsNothing,
  parameter: share('average', 'a', 'share of the model of stage two', ({ weightOfSecond }) => weightOfSecond),
  cost: () => ({ ...oneGradient, models: 2 }),
  limit({ optima, first, stageOne, stageOneUnknown, stageTwo, problem }, a) {
    if (stageOneUnknown !== undefined) return stageOneUnknown;
    if (isReason(stageTwo)) return stageTwo;
    const { certificate } = optima.ideal[first];
    return between({ minimizer: stageOne, certificate }, stageTwo, a, problem.radius);
  },
  outputs: (setup, a) =>
    sequentialEnds(setup).map(({ stageOne, stageTwo }) => {
      const theta = stageOne.map((entry, i) => (1 - a) * entry + a * stageTwo[i]);
      return valuesOf(setup, ontoBall(theta, setup.problem.radius));
    }),
};
