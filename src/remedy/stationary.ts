import { certificate } from '../convex/optimum/certificate.js';
import { ontoBall } from '../convex/optimum/quadratic-model.js';
import { evaluatePrecisely, weightedFunction } from '../convex/optimum/weighted-function.js';
import { weightedModulus } from '../convex/optimum/weighted-sum.js';
import type { Gram, Pair } from '../schedule/schedule.js';
import { gramOf } from '../schedule/step.js';
import { weightsOfShortest } from '../schedule/mgda.js';
import type { Limit, NoLimit } from './limit.js';
import { once, type Setup } from './setup.js';
import { eigenvalues } from '../convex/problem/positive-semidefinite.js';

/**
 * Where noiseless steps that combine both gradients come to rest, from the start of the problem in steps of a fifth of the
 * inverse of the largest curvature seen: a
 * Pareto-stationary point, which minimises the weighted sum with the weights that its gradients cancel under. The certificate
 * is that sum's.
 */
export function stationaryLimit(setup: Setup, weigh: (gram: Gram) => Pair): Limit | NoLimit {
  const { problem, optima } = setup;
  const { objectives, dimension, radius, start } = problem;
  const smoothness = largestCurvature(setup);
  if (!(smoothness > 0 && smoothness < Infinity)) return { reason: 'no step size is known for its noiseless path' };
  const [dpo, sft] = [new Float64Array(dimension), new Float64Array(dimension)];
  let theta: Float64Array = Float64Array.from(start);
  const steps = problem.data.kind === 'quadratic' ? 200_000 : 5000;
  const scale = Math.max(1, Math.hypot(...optima.weightedSum.minimizer));
  for (let s = 0; s < steps; s++) {
    objectives.dpo.gradient(theta, dpo);
    objectives.sft.gradient(theta, sft);
    const weights = weigh(gramOf(dpo, sft));
    const reached = ontoBall(
      theta.map((entry, i) => entry - (weights.dpo * dpo[i] + weights.sft * sft[i]) / smoothness),
      radius,
    );
    let moved = 0;
    for (let i = 0; i < dimension; i++) moved = Math.max(moved, Math.abs(reached[i] - theta[i]));
    theta = reached;
    if (!(moved < Infinity)) return { reason: 'its noiseless path does not stay finite' };
    if (moved <= 1e-11 * scale) return certifiedAt(theta);
  }
  return { reason: `its noiseless path has not come to rest after ${steps} steps` };

  function certifiedAt(minimizer: Float64Array): Limit {
    objectives.dpo.gradient(minimizer, dpo);
    objectives.sft.gradient(minimizer, sft);
    const lambda = weightsOfShortest(gramOf(dpo, sft)).dpo;
    const evaluation = evaluatePrecisely(weightedFunction(problem, lambda), minimizer);
    const modulus = weightedModulus(problem, lambda);
    return {
      minimizer,
      certificate: certificate(minimizer, evaluation, radius, { kind: 'strongly-convex', modulus }).bound,
    };
  }
}

/** The largest curvature of both objectives at the points that a path passes near, times five. */
function largestCurvature(setup: Setup): number {
  return once(setup, 'largest curvature', () => {
    const { problem, optima } = setup;
    const { dimension, objectives, start } = problem;
    const hessian = new Float64Array(dimension * dimension);
    let largest = 0;
    for (const theta of [start, optima.ideal.dpo.minimizer, optima.ideal.sft.minimizer, optima.weightedSum.minimizer]) {
      for (const objective of [objectives.dpo, objectives.sft]) {
        objective.hessian(theta, hessian);
        if (!hessian.every(Number.isFinite)) return NaN;
        largest = Math.max(largest, eigenvalues(hessian, dimension)[dimension - 1]);
      }
    }
    return 5 * largest;
  });
}
