import { InputError } from '../../base/input-error.js';
import { stream, type Stream } from '../../base/random-stream.js';
import type { ObjectiveName, Pair } from '../../schedule/schedule.js';
import type { ProblemFile } from '../problem/format.js';
import { isPositiveDefinite } from '../problem/positive-semidefinite.js';
import { checkedStart, integerFrom, nonNegative, positive } from './checks.js';
import { quadraticDefaults } from './defaults.js';
import { orthonormalPair, randomOrthogonal } from './orthonormal.js';

/** Options of `quadratic`; absent ones are `quadraticDefaults`. */
export interface QuadraticOptions {
  readonly dimension?: number;
  /** Condition number of both Hessians, or of each; in dimension 1 only 1, which is then the default. */
  readonly condition?: number | Pair;
  /** Degrees between the two minimisers, seen from the origin, in (0, 180]; in dimension 1 only 180, then the default. */
  readonly angle?: number;
  /** ‖c_DPO − c_SFT‖. */
  readonly distance?: number;
  /** Standard deviation of the gradient noise, per coordinate. */
  readonly noise?: number;
  /** Absent: all of R^d. */
  readonly radius?: number;
  /** Zero where absent. */
  readonly start?: readonly number[];
  readonly seed?: number;
}

/**
 * A random pair of strongly convex quadratics.
 *
 * Each Hessian has eigenvalues spaced evenly in logarithm from 1 down to 1/condition, in an eigenbasis drawn uniformly
 * and independently of the other's. Both minimisers are equally far from the origin, distance/(2 sin(angle/2)), in a
 * plane drawn uniformly. Throws an InputError naming the option that is out of range.
 */
export function quadratic(options: QuadraticOptions = {}): ProblemFile {
  const dimension = integerFrom(1, 'dimension', options.dimension ?? quadraticDefaults.dimension);
  const onTheLine = dimension === 1 ? { condition: 1, angle: 180 } : {};
  const { condition, radius, ...rest } = { ...quadraticDefaults, ...onTheLine, ...options };
  const conditions = typeof condition === 'number' ? { dpo: condition, sft: condition } : condition;
  const noise = nonNegative('noise', rest.noise);
  const seed = integerFrom(0, 'seed', rest.seed);
  if (radius !== undefined) positive('radius', radius);
  const minimizers = minimizerPair(dimension, rest.angle, rest.distance, stream(seed, 'minimizers'));
  const objective = (name: ObjectiveName): { hessian: number[][]; minimizer: number[]; noise: number } => {
    const random = stream(seed, `eigenbasis-${name}`);
    return { hessian: hessian(dimension, conditions[name], random), minimizer: minimizers[name], noise };
  };
  return {
    kind: 'quadratic',
    objectives: { dpo: objective('dpo'), sft: objective('sft') },
    start: checkedStart(options.start, dimension, radius),
    ...(radius === undefined ? {} : { radius }),
  };
}

function minimizerPair(
  dimension: number,
  angle: number,
  distance: number,
  random: Stream,
): Record<ObjectiveName, number[]> {
  if (!(angle > 0 && angle <= 180)) throw new InputError('angle', angle, 'degrees in (0, 180]');
  if (dimension === 1 && angle !== 180) throw new InputError('angle', angle, '180, the only angle in dimension 1');
  const half = (angle / 360) * Math.PI;
  const norm = positive('distance', distance) / (2 * Math.sin(half));
  const [first, second] = orthonormalPair(random, dimension);
  // The half-angle form keeps 180° exact: the minimisers are then exactly opposed.
  const [cosine, sine] = [1 - 2 * Math.sin(half) ** 2, angle === 180 ? 0 : Math.sin(2 * half)];
  const sft = first.map((entry) => norm * entry);
  const dpo = first.map((entry, i) => norm * (cosine * entry + sine * second[i]));
  // Far from the origin, or near zero, coordinates are rounded by more than what lies between them.
  const between = Math.hypot(...dpo.map((entry, i) => entry - sft[i]));
  if (norm < Infinity && !(Math.abs(between / distance - 1) <= 1e-9)) {
    throw new InputError('distance', distance, `one that minimisers at an angle of ${angle}° can have as doubles`);
  }
  return { sft, dpo };
}

function hessian(dimension: number, condition: number, random: Stream): number[][] {
  if (!(condition >= 1 && condition < Infinity)) throw new InputError('condition', condition, 'a finite number ≥ 1');
  if (dimension === 1) {
    if (condition !== 1) throw new InputError('condition', condition, '1, the only one in dimension 1');
    return [[1]];
  }
  const basis = randomOrthogonal(random, dimension);
  const eigenvalues = Float64Array.from({ length: dimension }, (_, k) => condition ** (-k / (dimension - 1)));
  const flat = fromSpectrum(eigenvalues, basis);
  // Entries near 1, rounded to doubles, move every eigenvalue by about 1e-16: the smallest has to stand that.
  const smallest = eigenvalues[dimension - 1];
  const last = Float64Array.from({ length: dimension }, (_, i) => basis[i * dimension + dimension - 1]);
  const holds =
    condition <= 2 ** 53 &&
    isPositiveDefinite(flat, dimension, smallest / 2) &&
    (eigenvalueBelow(flat, last) <= 2 * smallest || !isPositiveDefinite(flat, dimension, 2 * smallest));
  if (!holds) {
    throw new InputError(
      'condition',
      condition,
      `a smaller one: the entries of this ${dimension} × ${dimension} Hessian, as doubles, cannot hold it`,
    );
  }
  return Array.from({ length: dimension }, (_, i) => Array.from(flat.subarray(i * dimension, (i + 1) * dimension)));
}

/** Q diag(eigenvalues) Qᵀ, d × d row-major as Q is; four entries of a row at a time, whose sums do not wait for each other. */
function fromSpectrum(eigenvalues: Float64Array, basis: Float64Array): Float64Array {
  const dimension = eigenvalues.length;
  const product = new Float64Array(dimension * dimension);
  const scaled = new Float64Array(dimension);
  for (let i = 0; i < dimension; i++) {
    const row = i * dimension;
    for (let k = 0; k < dimension; k++) scaled[k] = eigenvalues[k] * basis[row + k];
    for (let j = 0; j <= i; j += 4) {
      // Past the diagonal, the row itself again.
      const row0 = j * dimension;
      const row1 = Math.min(j + 1, i) * dimension;
      const row2 = Math.min(j + 2, i) * dimension;
      const row3 = Math.min(j + 3, i) * dimension;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let k = 0; k < dimension; k++) {
        const entry = scaled[k];
        s0 += entry * basis[row0 + k];
        s1 += entry * basis[row1 + k];
        s2 += entry * basis[row2 + k];
        s3 += entry * basis[row3 + k];
      }
      product[row0 + i] = s0;
      product[row1 + i] = s1;
      product[row2 + i] = s2;
      product[row3 + i] = s3;
      for (let l = j; l < Math.min(j + 4, i + 1); l++) product[row + l] = product[l * dimension + i];
    }
  }
  return product;
}

/** A number that the least eigenvalue of a symmetric matrix is below: a vector's Rayleigh quotient, and its rounding. */
function eigenvalueBelow(matrix: Float64Array, vector: Float64Array): number {
  const dimension = vector.length;
  let [product, square, squares] = [0, 0, 0];
  for (let i = 0; i < dimension; i++) {
    const row = i * dimension;
    let sum = 0;
    for (let j = 0; j < dimension; j++) {
      const entry = matrix[row + j];
      sum += entry * vector[j];
      squares += entry * entry;
    }
    product += vector[i] * sum;
    square += vector[i] * vector[i];
  }
  // |v|ᵀ|A||v| is at most the Frobenius norm times ‖v‖²; twice what two sums of d products each can lose of it.
  const rounding = 4 * (dimension + 2) * Number.EPSILON * Math.sqrt(squares);
  return product / square + rounding;
}
