import type { LogLinearDpoData } from './data.js';
import { eigenvalues } from './positive-semidefinite.js';
import type { Objective } from './problem.js';
import { mirrorLowerTriangle, outerProductSum, sampledMean } from './sampled-mean.js';

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

  function largestEigenvalueOfSecondMoment(): number {
    const secondMoment = new Float64Array(dimension * dimension);
    const sum = outerProductSum(secondMoment, dimension);
    for (let n = 0; n < count; n++) sum.add(differences, n * dimension, 1 / count);
    sum.finish();
    mirrorLowerTriangle(secondMoment, dimension);
    return eigenvalues(secondMoment, dimension)[dimension - 1];
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
      addHessian(n, theta, weight, sum) {
        const h = rewardMargin(n, theta);
        sum.add(differences, n * dimension, weight * beta ** 2 * logistic(h) * logistic(-h));
      },
    },
    dimension,
    () => {
      let largest = 0;
      for (let n = 0; n < count; n++) {
        largest = Math.max(largest, Math.hypot(...differences.subarray(n * dimension, (n + 1) * dimension)));
      }
      return {
        gradientBound: beta * largest,
        get smoothness() {
          // σ(h)σ(−h) ≤ ¼.
          return (beta ** 2 / 4) * largestEigenvalueOfSecondMoment();
        },
        strongConvexity: 0,
      };
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
