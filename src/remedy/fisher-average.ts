import { Matrix, solve } from 'ml-matrix';
import { ontoBall } from '../convex/optimum/quadratic-model.js';
import { isReason } from './limit.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { sequentialEnds, valuesOf } from './runs.js';
import type { Setup } from './setup.js';

/**
 * Fisher average (Matena and Raffel 2022), with the whole Hessians: H⁻¹(w_1H_1θ_1 + w_2H_2θ_2), H = w_1H_1 + w_2H_2, each
 * objective's Hessian at the end of its own stage. For quadratics that is θ_λ*.
 */
export const fisherAverage: Remedy = {
  name: 'fisher-average',
  label: 'Fisher average',
  description: 'both models, averaged with the weighted Hessians of their objectives',
  kind: 'output',
  needs: { ...needsNothing, sftPrompts: true },
  cost: ({ problem }) => ({ ...oneGradient, vectors: 2 * problem.dimension, models: 2 }),
  limit(setup) {
    const { optima, first, stageOne, stageOneUnknown, stageTwo } = setup;
    if (stageOneUnknown !== undefined) return stageOneUnknown;
    if (isReason(stageTwo)) return stageTwo;
    const minimizer = fisherWeighted(setup, stageOne, stageTwo.minimizer);
    if (minimizer === undefined)
      return { reason: 'the weighted Hessian is singular, so that nothing weighs some direction' };
    return { minimizer, certificate: Math.max(optima.ideal[first].certificate, stageTwo.certificate) };
  },
  outputs: (setup) =>
    sequentialEnds(setup).map(({ stageOne, stageTwo }) =>
      // Where a run's own Hessian is singular its models have no such average.
      valuesOf(setup, fisherWeighted(setup, stageOne, stageTwo) ?? stageTwo.map(() => NaN)),
    ),
};

/** The weighted average of two points, scaled back into the ball; undefined where the weights are singular. */
function fisherWeighted(setup: Setup, stageOne: Float64Array, stageTwo: Float64Array): Float64Array | undefined {
  const { problem, first, second, weightOfFirst, weightOfSecond } = setup;
  const { dimension, objectives, radius } = problem;
  const [one, two] = [new Float64Array(dimension * dimension), new Float64Array(dimension * dimension)];
  objectives[first].hessian(stageOne, one);
  objectives[second].hessian(stageTwo, two);
  const [both, right] = [Matrix.zeros(dimension, dimension), Matrix.zeros(dimension, 1)];
  let largest = 0;
  for (let i = 0; i < dimension; i++) {
    let sum = 0;
    for (let j = 0; j < dimension; j++) {
      const at = i * dimension + j;
      const [a, b] = [weightOfFirst * one[at], weightOfSecond * two[at]];
      both.set(i, j, a + b);
      // From the end of stage one: what it is moved by.
      sum += b * (stageTwo[j] - stageOne[j]);
    }
    largest = Math.max(largest, both.get(i, i));
    right.set(i, 0, sum);
  }
  if (!(largest > 0)) return undefined;
  try {
    const move = solve(both, right).to1DArray();
    if (!move.every(Number.isFinite)) return undefined;
    return ontoBall(
      stageOne.map((entry, i) => entry + move[i]),
      radius,
    );
  } catch {
    // ml-matrix throws on a singular matrix.
    return undefined;
  }
}
