import type { Constants, Objective } from './problem.js';

/** A mean of convex losses over examples, given by what one example adds. */
export interface ExampleLosses {
  readonly count: number;
  /** The loss of example n at θ. */
  value(n: number, theta: Float64Array): number;
  /** Adds weight × the gradient of example n to `gradient` and returns the example's loss. */
  addGradient(n: number, theta: Float64Array, weight: number, gradient: Float64Array): number;
  /** Adds weight × the Hessian of example n to the sum. */
  addHessian(n: number, theta: Float64Array, weight: number, sum: OuterProductSum): void;
}

/** The objective that is the mean of the examples' losses, sampled in uniformly drawn minibatches with replacement. */
export function sampledMean(losses: ExampleLosses, dimension: number, constants: () => Constants): Objective {
  const { count } = losses;
  let known: Constants | undefined;
  return {
    value(theta) {
      let sum = 0;
      for (let n = 0; n < count; n++) sum += losses.value(n, theta);
      return sum / count;
    },
    gradient(theta, gradient) {
      gradient.fill(0);
      let sum = 0;
      for (let n = 0; n < count; n++) sum += losses.addGradient(n, theta, 1 / count, gradient);
      return sum / count;
    },
    hessian(theta, hessian) {
      hessian.fill(0);
      const sum = outerProductSum(hessian, dimension);
      for (let n = 0; n < count; n++) losses.addHessian(n, theta, 1 / count, sum);
      sum.finish();
      mirrorLowerTriangle(hessian, dimension);
    },
    get constants() {
      return (known ??= constants());
    },
    valueNoise: 0,
    exactValues: false,
    sampler(random, batch) {
      const sample = new Int32Array(batch);
      return {
        draw() {
          for (let b = 0; b < batch; b++) sample[b] = random.integer(count);
        },
        gradient(theta, gradient) {
          gradient.fill(0);
          let sum = 0;
          for (let b = 0; b < batch; b++) sum += losses.addGradient(sample[b], theta, 1 / batch, gradient);
          return sum / batch;
        },
        value(theta) {
          let sum = 0;
          for (let b = 0; b < batch; b++) sum += losses.value(sample[b], theta);
          return sum / batch;
        },
      };
    },
  };
}

/** A sum of weighted outer products, gathered in the lower triangle of a matrix. */
export interface OuterProductSum {
  /** Adds weight · v vᵀ, sooner or later; the vector is copied. */
  add(vector: Float64Array, weight: number): void;
  /** Adds what is still pending. */
  finish(): void;
}

/**
 * Gathers outer products into the lower triangle of `matrix` (d × d, row-major), four at a time: one pass over the
 * matrix for four rows is what makes a Hessian of thousands of rows affordable.
 */
export function outerProductSum(matrix: Float64Array, dimension: number): OuterProductSum {
  const rows = Array.from({ length: 4 }, () => new Float64Array(dimension));
  const weights = new Float64Array(4);
  let pending = 0;

  function finish(): void {
    weights.fill(0, pending);
    pending = 0;
    const [r, s, t, u] = rows;
    for (let i = 0, row = 0; i < dimension; i++, row += dimension) {
      const a = weights[0] * r[i];
      const b = weights[1] * s[i];
      const c = weights[2] * t[i];
      const e = weights[3] * u[i];
      for (let j = 0; j <= i; j++) matrix[row + j] += a * r[j] + b * s[j] + c * t[j] + e * u[j];
    }
  }

  return {
    add(vector, weight) {
      rows[pending].set(vector);
      weights[pending] = weight;
      pending++;
      if (pending === 4) finish();
    },
    finish,
  };
}

/** Copies the lower triangle of a matrix (d × d, row-major) to its upper triangle. */
export function mirrorLowerTriangle(matrix: Float64Array, dimension: number): void {
  for (let i = 0; i < dimension; i++) {
    for (let j = 0; j < i; j++) matrix[j * dimension + i] = matrix[i * dimension + j];
  }
}
