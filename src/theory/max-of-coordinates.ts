import type { Objective } from '../convex/problem/problem.js';
import type { ObjectiveBounds } from './objective-bounds.js';
import { subjectOfPair, type Subject } from './subject.js';

/**
 * The function of statement W: f_DPO = f_SFT = max_j θ_j in R^n on the unit ball, start 0, M = R = 1.
 *
 * Where several coordinates are largest the subgradient is the unit vector of the first, so every step lowers a
 * coordinate that was not lowered before, and for n steps the maximum stays at 0, while its minimum over the ball is
 * −1/√n, attained where all coordinates are −1/√n.
 */
export function maxOfCoordinates(n: number, lambda: number): Subject {
  const objective: Objective = {
    value: (theta) => Math.max(...theta),
    gradient,
    hessian: (_theta, out) => {
      out.fill(0);
    },
    constants: { gradientBound: 1, smoothness: Infinity, strongConvexity: 0 },
    valueNoise: 0,
    exactValues: true,
    sampler: () => ({ draw: () => undefined, gradient, value: (theta) => Math.max(...theta) }),
  };
  function gradient(theta: Float64Array, out: Float64Array): number {
    const value = Math.max(...theta);
    out.fill(0);
    out[theta.indexOf(value)] = 1;
    return value;
  }
  const minimizer = new Float64Array(n).fill(-1 / Math.sqrt(n));
  const minimum = { minimizer, value: -1 / Math.sqrt(n), certificate: 0 };
  const bounds: ObjectiveBounds = { ...objective.constants, noise: 0, valueError: 0, valueDeviation: 0 };
  return subjectOfPair({
    name: `max-of-${n}-coordinates`,
    pair: { dimension: n, start: new Float64Array(n), radius: 1, objectives: { dpo: objective, sft: objective } },
    lambda,
    ideal: { dpo: minimum, sft: minimum },
    weightedSum: minimum,
    chebyshev: { minimizer, value: 0, certificate: 0 },
    bounds: { dpo: bounds, sft: bounds },
    form: { kind: 'max-of-coordinates', coordinates: n },
  });
}
