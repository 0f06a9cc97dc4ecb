import type { Constants, Objective } from './problem.js';

/** A mean of convex losses over examples, given by what one example adds. */
export interface ExampleLosses {
  readonly count: number;
  /** The loss of example n at θ. */
  value(n: number, theta: Float64Array): number;
  /** Adds weight × the gradient of example n to `gradient` and returns the example's loss. */
  addGradient(n: number, theta: Float64Array, weight: number, gradient: Float64Array): number;
  /** Adds weight × the Hessian of example n to the lower triangle of `hessian` (d × d, row-major). */
  addHessian(n: number, theta: Float64Array, weight: number, hessian: Float64Array): void;
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
      for (let n = 0; n < count; n++) losses.addHessian(n, theta, 1 / count, hessian);
      for (let i = 0; i < dimension; i++) {
        for (let j = 0; j < i; j++) hessian[j * dimension + i] = hessian[i * dimension + j];
      }
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

/** Adds weight · v vᵀ to the lower triangle of `hessian`, v being a row of `rows` that starts at `at`. */
export function addOuterProduct(
  hessian: Float64Array,
  rows: Float64Array,
  at: number,
  dimension: number,
  weight: number,
): void {
  for (let i = 0, row = 0; i < dimension; i++, row += dimension) {
    const scaled = weight * rows[at + i];
    if (scaled === 0) continue;
    for (let j = 0; j <= i; j++) hessian[row + j] += scaled * rows[at + j];
  }
}
