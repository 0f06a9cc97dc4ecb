import { marginLossOf } from '../../preference-loss/index.js';
import type { LogLinearDpoData } from './data.js';
import { PreciseSum, sumError } from '../matrix/precise-sum.js';
import { addRow, exampleCount, readRow, rowProduct } from './feature-rows.js';
import { eigenvalues } from './positive-semidefinite.js';
import type { Objective } from './problem.js';
import { mirrorLowerTriangle, outerProductSum, sampledMean } from './sampled-mean.js';

/**
 * f_DPO(θ) = mean of ℓ(h), h = (θ − θ_ref)ᵀ z, z = φ(chosen) − φ(rejected), ℓ the preference loss of the problem: the
 * normalisers of the log-linear policy cancel in h.
 */
export function logLinearDpo(
  { rows, loss: settings }: LogLinearDpoData,
  reference: Float64Array,
  { dimension, radius }: { readonly dimension: number; readonly radius: number },
): Objective {
  const loss = marginLossOf(settings);
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

  const marginOf = (n: number, theta: Float64Array): number => rowProduct(rows, n, 0, theta) - shift[n];

  return sampledMean(
    {
      count,
      value: (n, theta) => loss.value(marginOf(n, theta)),
      addGradient(n, theta, weight, gradient) {
        const margin = marginOf(n, theta);
        addRow(rows, n, 0, loss.slope(margin, weight), gradient);
        return loss.value(margin);
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
        // The row is a rounded difference of features.
        const found = loss.precisely(margin.value, margin.error + Number.EPSILON * size);
        return {
          loss: found.loss,
          lossError: found.lossError,
          coefficients: [found.slope],
          coefficientErrors: [found.slopeError],
        };
      },
      addHessian(n, theta, weight, sum) {
        sum.add(readRow(rows, n, 0, row), loss.curvature(marginOf(n, theta), weight));
      },
    },
    dimension,
    () => {
      let largest = 0;
      for (let n = 0; n < count; n++) {
        const norm = Math.hypot(...readRow(rows, n, 0, row));
        // |θᵀz| ≤ R‖z‖.
        const slope = norm === 0 ? 0 : loss.slopeBound(-radius * norm - shift[n], radius * norm - shift[n]);
        largest = Math.max(largest, slope * norm);
      }
      return {
        gradientBound: largest,
        get smoothness() {
          return loss.curvatureBound * largestEigenvalueOfSecondMoment();
        },
        strongConvexity: 0,
      };
    },
  );
}
