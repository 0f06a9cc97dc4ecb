import type { LogLinearDpoData } from './data.js';
import { eigenvalues } from './positive-semidefinite.js';
import type { Objective } from './problem.js';
import { addOuterProduct, sampledMean } from './sampled-mean.js';

/**
 * f_DPO(θ) = mean of log(1 + exp(−h)), h = β (θ − θ_ref)ᵀ z, z = φ(chosen) − φ(rejected): the normalisers of the
 * log-linear policy cancel in h.
 */
export function logLinearDpo(
  { differences, beta }: LogLinearDpoData,
  reference: Float64Array,
  dimension: number,
): Objective {
  const count = differences.length / dimension;
  const shift = new Float64Array(count);
  for (let n = 0; n < count; n++) shift[n] = margin(n, reference);

  /** θᵀz of example n. */
  function margin(n: number, theta: Float64Array): number {
    let sum = 0;
    for (let i = 0, at = n * dimension; i < dimension; i++) sum += theta[i] * differences[at++];
    return sum;
  }

  const rewardMargin = (n: number, theta: Float64Array): number => beta * (margin(n, theta) - shift[n]);

  return sampledMean(
    {
      count,
      value: (n, theta) => softplus(-rewardMargin(n, theta)),
      addGradient(n, theta, weight, gradient) {
        const h = rewardMargin(n, theta);
        const scaled = -weight * beta * logistic(-h);
        for (let i = 0, at = n * dimension; i < dimension; i++) gradient[i] += scaled * differences[at++];
        return softplus(-h);
      },
      addHessian(n, theta, weight, hessian) {
        const h = rewardMargin(n, theta);
        addOuterProduct(
          hessian,
          differences,
          n * dimension,
          dimension,
          weight * beta ** 2 * logistic(h) * logistic(-h),
        );
      },
    },
    dimension,
    () => {
      const secondMoment = new Float64Array(dimension * dimension);
      let largest = 0;
      for (let n = 0; n < count; n++) {
        addOuterProduct(secondMoment, differences, n * dimension, dimension, 1 / count);
        largest = Math.max(largest, Math.hypot(...differences.subarray(n * dimension, (n + 1) * dimension)));
      }
      for (let i = 0; i < dimension; i++) {
        for (let j = 0; j < i; j++) secondMoment[j * dimension + i] = secondMoment[i * dimension + j];
      }
      // σ(h)σ(−h) ≤ ¼.
      const smoothness = (beta ** 2 / 4) * eigenvalues(secondMoment, dimension)[dimension - 1];
      return { gradientBound: beta * largest, smoothness, strongConvexity: 0 };
    },
  );
}

/** log(1 + exp(x)), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** 1 / (1 + exp(−x)), without overflow. */
function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const power = Math.exp(x);
  return power / (1 + power);
}
