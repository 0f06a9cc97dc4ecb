import type { LogLinearSftData } from './data.js';
import { PreciseSum } from '../matrix/precise-sum.js';
import { addRow, exampleCount, readRow, rowCount, rowProduct, type FeatureRows } from './feature-rows.js';
import type { Objective } from './problem.js';
import { sampledMean, type PreciseExample } from './sampled-mean.js';

/**
 * f_SFT(θ) = mean of −log π_θ(target | x), π_θ(y | x) ∝ exp(θᵀφ(x, y)) over the example's candidates.
 * With δ_k = φ_k − φ_target the loss is log(1 + Σ exp(θᵀδ_k)) and its gradient Σ π_k δ_k.
 */
export function logLinearSft({ rows }: LogLinearSftData, dimension: number): Objective {
  const count = exampleCount(rows);
  let most = 0;
  for (let n = 0; n < count; n++) most = Math.max(most, rowCount(rows, n));
  const probabilities = new Float64Array(most);
  const [mean, row] = [new Float64Array(dimension), new Float64Array(dimension)];

  /** Writes π_k of the candidates other than the target and returns −log π_target. */
  function negativeLogProbability(n: number, theta: Float64Array): number {
    const others = rowCount(rows, n);
    // The largest logit and whose it is; −1 is the target, whose logit is 0.
    let [largest, best] = [0, -1];
    for (let k = 0; k < others; k++) {
      const logit = (probabilities[k] = rowProduct(rows, n, k, theta));
      if (logit > largest) [largest, best] = [logit, k];
    }
    // Summed without the largest term, which is 1, so that log1p keeps the digits of a small loss.
    let sum = best < 0 ? 0 : Math.exp(-largest);
    for (let k = 0; k < others; k++) {
      const power = (probabilities[k] = Math.exp(probabilities[k] - largest));
      if (k !== best) sum += power;
    }
    for (let k = 0; k < others; k++) probabilities[k] /= 1 + sum;
    return largest + Math.log1p(sum);
  }

  /**
   * As `negativeLogProbability`, from logits in twice the precision of doubles. A loss moves by no more than the logit
   * that moves most, the logarithm of a probability by no more than twice that; exp and log1p are taken to be right to 2
   * units in the last place.
   */
  function precisely(n: number, theta: Float64Array): PreciseExample {
    const others = rowCount(rows, n);
    const logits = new Float64Array(others);
    let [largest, best, error] = [0, -1, 0];
    for (let k = 0; k < others; k++) {
      readRow(rows, n, k, row);
      const logit = new PreciseSum();
      let size = 0;
      for (let i = 0; i < dimension; i++) {
        logit.addProduct(theta[i], row[i]);
        size += Math.abs(theta[i] * row[i]);
      }
      logits[k] = logit.value;
      // The row is a rounded difference of features.
      error = Math.max(error, logit.error + Number.EPSILON * (size + Math.abs(logit.value)));
      if (logit.value > largest) [largest, best] = [logit.value, k];
    }
    // Without the largest term, which is 1.
    const power = new PreciseSum();
    if (best >= 0) power.add(Math.exp(-largest));
    for (let k = 0; k < others; k++) if (k !== best) power.add(Math.exp(logits[k] - largest));
    const sum = power.value;
    const loss = largest + Math.log1p(sum);
    const rounding = 4 * Number.EPSILON;
    const coefficients = logits.map((logit) => Math.exp(logit - largest) / (1 + sum));
    const relative = Math.expm1(2 * error);
    return {
      loss,
      // x·e^−x < 0.37 bounds what the rounding of an exponent adds to a term.
      lossError: error + rounding * Math.min(1, sum) + (0.37 * others * Number.EPSILON) / (1 + sum) + rounding * loss,
      coefficients,
      coefficientErrors: coefficients.map(
        (entry, k) => entry * (relative + 2 * rounding + Number.EPSILON * Math.abs(logits[k] - largest)),
      ),
    };
  }

  return sampledMean(
    {
      count,
      precisely,
      rowOf: (n, k) => readRow(rows, n, k, row),
      value: negativeLogProbability,
      addGradient(n, theta, weight, gradient) {
        const loss = negativeLogProbability(n, theta);
        for (let k = 0; k < rowCount(rows, n); k++) addRow(rows, n, k, weight * probabilities[k], gradient);
        return loss;
      },
      addHessian(n, theta, weight, sum) {
        negativeLogProbability(n, theta);
        mean.fill(0);
        for (let k = 0; k < rowCount(rows, n); k++) {
          addRow(rows, n, k, probabilities[k], mean);
          sum.add(readRow(rows, n, k, row), weight * probabilities[k]);
        }
        sum.add(mean, -weight);
      },
    },
    dimension,
    () => {
      // The covariance of a bounded variable along any direction is at most a quarter of its squared range (Popoviciu).
      const { largestNorm, largestDiameter } = extent(rows);
      return { gradientBound: largestNorm, smoothness: largestDiameter ** 2 / 4, strongConvexity: 0 };
    },
  );
}

/** The largest ‖δ_k‖ and the largest distance between two candidates of one example. */
function extent(rows: FeatureRows): { largestNorm: number; largestDiameter: number } {
  let [norm, diameter] = [0, 0];
  for (let n = 0; n < exampleCount(rows); n++) {
    const each = Array.from({ length: rowCount(rows, n) }, (_, k) =>
      readRow(rows, n, k, new Float64Array(rows.dimension)),
    );
    each.forEach((row, k) => {
      norm = Math.max(norm, distance(row, undefined));
      for (let l = 0; l < k; l++) diameter = Math.max(diameter, distance(row, each[l]));
    });
  }
  return { largestNorm: norm, largestDiameter: Math.max(norm, diameter) };
}

/** The distance of a point to another, or to 0. */
function distance(a: Float64Array, b: Float64Array | undefined): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i] - (b === undefined ? 0 : b[i])) ** 2;
  return Math.sqrt(squares);
}
