import type { LogLinearSftData } from './data.js';
import type { Objective } from './problem.js';
import { sampledMean } from './sampled-mean.js';

/**
 * f_SFT(θ) = mean of −log π_θ(target | x), π_θ(y | x) ∝ exp(θᵀφ(x, y)) over the example's candidates.
 * With δ_k = φ_k − φ_target the loss is log(1 + Σ exp(θᵀδ_k)) and its gradient Σ π_k δ_k.
 */
export function logLinearSft({ differences, offsets }: LogLinearSftData, dimension: number): Objective {
  const count = offsets.length - 1;
  let most = 0;
  for (let n = 0; n < count; n++) most = Math.max(most, offsets[n + 1] - offsets[n]);
  const probabilities = new Float64Array(most);
  const mean = new Float64Array(dimension);

  /** Writes π_k of the candidates other than the target and returns −log π_target. */
  function negativeLogProbability(n: number, theta: Float64Array): number {
    const [first, end] = [offsets[n], offsets[n + 1]];
    // The largest logit and whose it is; −1 is the target, whose logit is 0.
    let [largest, best] = [0, -1];
    for (let row = first, at = first * dimension; row < end; row++) {
      let logit = 0;
      for (let i = 0; i < dimension; i++) logit += theta[i] * differences[at++];
      probabilities[row - first] = logit;
      if (logit > largest) [largest, best] = [logit, row - first];
    }
    // Summed without the largest term, which is 1, so that log1p keeps the digits of a small loss.
    let others = best < 0 ? 0 : Math.exp(-largest);
    for (let k = 0; k < end - first; k++) {
      const power = (probabilities[k] = Math.exp(probabilities[k] - largest));
      if (k !== best) others += power;
    }
    for (let k = 0; k < end - first; k++) probabilities[k] /= 1 + others;
    return largest + Math.log1p(others);
  }

  return sampledMean(
    {
      count,
      value: negativeLogProbability,
      addGradient(n, theta, weight, gradient) {
        const loss = negativeLogProbability(n, theta);
        for (let row = offsets[n], at = row * dimension; row < offsets[n + 1]; row++) {
          const scaled = weight * probabilities[row - offsets[n]];
          for (let i = 0; i < dimension; i++) gradient[i] += scaled * differences[at++];
        }
        return loss;
      },
      addHessian(n, theta, weight, sum) {
        negativeLogProbability(n, theta);
        mean.fill(0);
        for (let row = offsets[n]; row < offsets[n + 1]; row++) {
          const [probability, at] = [probabilities[row - offsets[n]], row * dimension];
          for (let i = 0; i < dimension; i++) mean[i] += probability * differences[at + i];
          sum.add(differences, at, weight * probability);
        }
        sum.add(mean, 0, -weight);
        sum.finish();
      },
    },
    dimension,
    () => {
      // The covariance of a bounded variable along any direction is at most a quarter of its squared range (Popoviciu).
      const { largestNorm, largestDiameter } = extent(differences, offsets, dimension);
      return { gradientBound: largestNorm, smoothness: largestDiameter ** 2 / 4, strongConvexity: 0 };
    },
  );
}

/** The largest ‖δ_k‖ and the largest distance between two candidates of one example. */
function extent(
  differences: Float64Array,
  offsets: Int32Array,
  dimension: number,
): { largestNorm: number; largestDiameter: number } {
  let [norm, diameter] = [0, 0];
  for (let n = 0; n + 1 < offsets.length; n++) {
    for (let k = offsets[n]; k < offsets[n + 1]; k++) {
      norm = Math.max(norm, distance(differences, k, undefined, dimension));
      for (let l = offsets[n]; l < k; l++) diameter = Math.max(diameter, distance(differences, k, l, dimension));
    }
  }
  return { largestNorm: norm, largestDiameter: Math.max(norm, diameter) };
}

function distance(rows: Float64Array, k: number, l: number | undefined, dimension: number): number {
  let squares = 0;
  for (let i = 0; i < dimension; i++) {
    squares += (rows[k * dimension + i] - (l === undefined ? 0 : rows[l * dimension + i])) ** 2;
  }
  return Math.sqrt(squares);
}
