import { additiveNoise } from './additive-noise.js';
import type { QuadraticObjectiveData } from './data.js';
import { eigenvalues } from './positive-semidefinite.js';
import { normBound, PreciseSum, sumError, up } from '../matrix/precise-sum.js';
import type { Objective, PreciseEvaluation } from './problem.js';

/**
 * f(θ) = ½ (θ − c)ᵀ A (θ − c); a stochastic gradient is A (θ − c) + noise · N(0, I), a minibatch of b the mean of b.
 */
export function quadraticObjective(data: QuadraticObjectiveData, dimension: number, radius: number): Objective {
  const { hessian, minimizer, noise, valueNoise } = data;
  const displacement = new Float64Array(dimension);

  function gradient(theta: Float64Array, out: Float64Array): number {
    for (let i = 0; i < dimension; i++) displacement[i] = theta[i] - minimizer[i];
    let value = 0;
    for (let i = 0, row = 0; i < dimension; i++, row += dimension) {
      let sum = 0;
      for (let j = 0; j < dimension; j++) sum += hessian[row + j] * displacement[j];
      out[i] = sum;
      value += sum * displacement[i];
    }
    return 0.5 * value;
  }

  const scratch = new Float64Array(dimension);
  const value = (theta: Float64Array): number => gradient(theta, scratch);

  return {
    value,
    gradient,
    hessian: (_theta, out) => {
      out.set(hessian);
    },
    evaluatePrecisely: (theta) => precisely(data, theta),
    get constants() {
      const spectrum = eigenvalues(hessian, dimension);
      const smoothness = Math.max(0, spectrum[dimension - 1]);
      // ‖A(θ − c)‖ ≤ ‖Ac‖ + ‖A‖R on the ball; the noise adds d·noise² to the second moment.
      const largest = gradientNorm(hessian, minimizer, dimension) + (smoothness === 0 ? 0 : smoothness * radius);
      return {
        gradientBound: Math.sqrt(largest * largest + dimension * noise * noise),
        smoothness,
        strongConvexity: Math.max(0, spectrum[0]),
      };
    },
    valueNoise,
    exactValues: true,
    sampler: (random, batch) => additiveNoise({ value, gradient }, dimension, noise / Math.sqrt(batch), random),
  };
}

function gradientNorm(hessian: Float64Array, minimizer: Float64Array, dimension: number): number {
  let squares = 0;
  for (let i = 0; i < dimension; i++) {
    let sum = 0;
    for (let j = 0; j < dimension; j++) sum += hessian[i * dimension + j] * minimizer[j];
    squares += sum * sum;
  }
  return Math.sqrt(squares);
}

/** Both in twice the precision of doubles: θ − c, and sums of products of its two parts. */
function precisely({ hessian, minimizer }: QuadraticObjectiveData, theta: Float64Array): PreciseEvaluation {
  const dimension = theta.length;
  const displacement = theta.map((entry, i) => entry - minimizer[i]);
  const rest = displacement.map((entry, i) => sumError(theta[i], -minimizer[i], entry));
  const [high, low, errors] = [new Float64Array(dimension), new Float64Array(dimension), new Float64Array(dimension)];
  const twice = new PreciseSum();
  for (let i = 0, row = 0; i < dimension; i++, row += dimension) {
    const sum = new PreciseSum();
    for (let j = 0; j < dimension; j++) {
      const entry = hessian[row + j];
      if (entry === 0) continue;
      sum.addProduct(entry, displacement[j]);
      if (rest[j] !== 0) sum.addProduct(entry, rest[j]);
    }
    [high[i], low[i]] = sum.parts;
    errors[i] = sum.error;
    twice.addProduct(high[i], displacement[i]);
    twice.addProduct(high[i], rest[i]);
    twice.addProduct(low[i], displacement[i]);
    twice.addProduct(low[i], rest[i]);
    twice.add(0, errors[i] * (Math.abs(displacement[i]) + Math.abs(rest[i])) * (1 + 4 * Number.EPSILON));
  }
  const [value, valueRest] = twice.parts;
  return {
    value: [value / 2, valueRest / 2],
    valueError: up(twice.error / 2),
    gradient: { high, low },
    gradientError: normBound(errors),
  };
}
