import { additiveNoise } from './additive-noise.js';
import type { QuadraticObjectiveData } from './data.js';
import { eigenvalues } from './positive-semidefinite.js';
import type { Objective } from './problem.js';

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
