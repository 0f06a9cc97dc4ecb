import type { LogLinearDpoData } from './data.js';
import { PreciseSum, sumError } from '../matrix/precise-sum.js';
import { addRow, exampleCount, readRow, rowProduct } from './feature-rows.js';
import { eigenvalues } from './positive-semidefinite.js';
import type { Objective } from './problem.js';
import { mirrorLowerTriangle, outerProductSum, sampledMean } from './sampled-mean.js';

/**
 * f_DPO(θ) = mean of log(1 + exp(−h)), h = β (θ − θ_ref)ᵀ z, z = φ(chosen) − φ(rejected): the normalisers of the
 * log-linear policy cancel in h.
 */
export function logLinearDpo({ rows, beta }: LogLinearDpoData, reference: Float64Array, dimension: number): Objective {
  const count = exampleCount(rows);
  const shift = Float64Array.from({ length: count }, (_, n) => rowProduct(rows, n, 0, reference));
  const row = new Float64Array(dimension);

  function largestEigenvalueOfSecondMoment(): number {
    const secondMoment = new Float64Array(dimension * dimension);
    const sum = outerProductSum(secondMoment, dimension);
    for (let n = 0; n < count; n++) sum.add(readRow(rows, n, 0, row), 1 / count);
    sum.finish();
    mirrorLowerTriangle(secondMoment, dimension);
    return eigenvalues(secondMoment, dimension)[dimension - 1];
  }

  const rewardMargin = (n: number, theta: Float64Array): number => beta * (rowProduct(rows, n, 0, theta) - shift[n]);

  return sampledMean(
    {
      count,
      value: (n, theta) => softplus(-rewardMargin(n, theta)),
      addGradient(n, theta, weight, gradient) {
        const h = rewardMargin(n, theta);
        addRow(rows, n, 0, -weight * beta * logistic(-h), gradient);
        return softplus(-h);
      },
      rowOf: (n) => readRow(rows, n, 0, row),
      precisely(n, theta) {
        readRow(rows, n, 0, row);
        const margin = new PreciseSum();
        let size = 0;
        for (let i = 0; i < dimension; i++) {
          const difference = theta[i] - reference[i];
          margin.addProduct(difference, row[i]);
          margin.addProduct(sumError(theta[i], -reference[i], difference), row[i]);
          size += Math.abs(difference * row[i]);
        }
        const h = beta * margin.value;
        // The row is a rounded difference of features; exp and log1p are taken to be right to 2 units in the last place.
        const error = beta * (margin.error + Number.EPSILON * size) + Number.EPSILON * Math.abs(h);
        const loss = softplus(-h);
        const coefficient = -beta * logistic(-h);
        return {
          loss,
          lossError: Math.min(1, logistic(-h) * Math.exp(error)) * error + 6 * Number.EPSILON * loss,
          coefficients: [coefficient],
          coefficientErrors: [-coefficient * (Math.expm1(error) + 8 * Number.EPSILON)],
        };
      },
      addHessian(n, theta, weight, sum) {
        const h = rewardMargin(n, theta);
        sum.add(readRow(rows, n, 0, row), weight * beta ** 2 * logistic(h) * logistic(-h));
      },
    },
    dimension,
    () => {
      let largest = 0;
      for (let n = 0; n < count; n++) largest = Math.max(largest, Math.hypot(...readRow(rows, n, 0, row)));
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
