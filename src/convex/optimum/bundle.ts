import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import { inner, norm } from '../../base/vector.js';
import { normBound, PreciseSum } from '../matrix/precise-sum.js';
import type { ConvexFunction } from '../problem/problem.js';
import { certificate, type Bound } from './certificate.js';
import { ontoBall } from './quadratic-model.js';
import { simplexQp } from './simplex-qp.js';
import { evaluatePrecisely } from './weighted-function.js';

/** A value and a subgradient, which bound a function from below. */
interface Cut {
  readonly theta: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Cuts with weights, of sum 1 (those beyond the cuts are of the ball), and the point whose value they bound. */
interface Mixture {
  readonly centre: Cut;
  readonly cuts: readonly Cut[];
  readonly weights: Float64Array;
}

/**
 * A minimiser of a convex function that need not be differentiable, with a bound on how far its value is above the
 * minimum: a proximal bundle method (Lemaréchal 1978; Kiwiel 1990) whose proximal term is the Hessian at the centre.
 *
 * Every subgradient bounds the function from below, and so does any mixture of them: with weights w_k ≥ 0 of sum 1,
 * F(y) ≥ F(c) − e + ⟨g, y − c⟩ + ½μ‖y − c‖² with g = Σ w_k (g_k + μ(c − θ_k)) and e = Σ w_k (the k-th bound's distance to
 * F at c). So e plus the certificate for g is a bound, whatever the weights: at a kink it is small where no single
 * subgradient's is. The ball enters the model by its tangents where steps left it.
 */
export function minimizeBundle(
  f: ConvexFunction,
  { start, radius, modulus }: { readonly start: Float64Array; readonly radius: number; readonly modulus: number },
): { minimizer: Float64Array; bound: Bound } {
  const dimension = start.length;
  const mostCuts = 2 * dimension + 20;
  const curvature = { kind: 'strongly-convex', modulus } as const;
  let centre = cutAt(ontoBall(start, radius));
  let cuts: Cut[] = [centre];
  let normals: Float64Array[] = [];
  let best: Mixture & { bound: number } = { centre, cuts, weights: Float64Array.of(1), bound: Infinity };
  let weight = Math.max(modulus, norm(centre.gradient) / Math.min(radius, Math.max(1, norm(centre.theta)))) || 1;
  let hessian = hessianAt(centre.theta);
  let [nulls, stalled] = [0, 0];
  for (let iteration = 0; iteration < 500 && stalled < 60; iteration++) {
    const { theta: c, value } = centre;
    const metric = new CholeskyDecomposition(shifted(hessian, weight));
    if (!metric.isPositiveDefinite()) {
      weight *= 4;
      continue;
    }
    const shiftedCuts = cuts.map(({ gradient, theta }) =>
      gradient.map((entry, i) => entry + modulus * (c[i] - theta[i])),
    );
    const errors = cuts.map((cut) => distanceAt(c, value, cut));
    const rows = [...shiftedCuts, ...normals];
    const images = metric.solve(new Matrix(rows.map((row) => Array.from(row))).transpose()).transpose();
    const gram = new Float64Array(rows.length ** 2);
    rows.forEach((row, i) => {
      rows.forEach((_, j) => {
        let sum = 0;
        for (let k = 0; k < dimension; k++) sum += row[k] * images.get(j, k);
        gram[i * rows.length + j] = sum;
      });
    });
    const linear = Float64Array.from([
      ...errors.map(({ error }) => error),
      ...normals.map((normal) => Math.max(0, radius - inner(normal, c))),
    ]);
    const weights = simplexQp(gram, linear, cuts.length);

    const mixture = new Float64Array(dimension);
    let [error, rounding] = [0, 0];
    cuts.forEach((_, k) => {
      error += weights[k] * errors[k].error;
      rounding += weights[k] * errors[k].rounding;
      for (let i = 0; i < dimension; i++) mixture[i] += weights[k] * shiftedCuts[k][i];
    });
    const evaluation = {
      value: [value, 0],
      valueError: 0,
      gradient: { high: mixture, low: new Float64Array(dimension) },
      gradientError: 4 * Number.EPSILON * norm(mixture),
    } as const;
    const bound = (certificate(c, evaluation, radius, curvature).bound + error + rounding) * (1 + 8 * Number.EPSILON);
    stalled = bound < 0.9 * best.bound ? 0 : stalled + 1;
    if (bound < best.bound) best = { centre, cuts, weights, bound };
    if (bound <= 100 * Number.EPSILON * Math.max(1, Math.abs(value))) break;

    let decrease = error;
    const trial = Float64Array.from(c);
    rows.forEach((_, k) => {
      for (let i = 0; i < dimension; i++) trial[i] -= weights[k] * images.get(k, i);
    });
    weights.forEach((w, k) => {
      weights.forEach((v, j) => (decrease += w * v * gram[k * rows.length + j]));
    });
    const size = norm(trial);
    if (size > radius) normals = [...normals.slice(-2 * dimension), trial.map((entry) => entry / size)];
    const reached = cutAt(ontoBall(trial, radius));
    if (!Number.isFinite(reached.value) || !reached.gradient.every(Number.isFinite)) {
      weight *= 4;
      continue;
    }
    cuts = [...cuts.filter((_, k) => weights[k] > 0 || k >= cuts.length - mostCuts / 2).slice(-mostCuts), reached];
    if (reached.value < value - 0.1 * decrease) {
      centre = reached;
      hessian = hessianAt(centre.theta);
      weight = Math.max(weight / 4, Number.MIN_VALUE);
      nulls = 0;
    } else if (++nulls % 4 === 0) weight *= 2;
    // A lower point serves the certificate even where the model promised more.
    if (reached.value < centre.value) centre = reached;
  }
  return { minimizer: best.centre.theta, bound: mixedBound(f, best, radius, modulus) };

  function cutAt(theta: Float64Array): Cut {
    const gradient = new Float64Array(dimension);
    return { theta, value: f.gradient(theta, gradient), gradient };
  }

  /** How far a cut lies below F at c, and a bound on the rounding of that. */
  function distanceAt(c: Float64Array, value: number, cut: Cut): { error: number; rounding: number } {
    let [change, squares, size] = [0, 0, 0];
    for (let i = 0; i < dimension; i++) {
      const step = c[i] - cut.theta[i];
      change += cut.gradient[i] * step;
      squares += step * step;
      size += Math.abs(cut.gradient[i]) * (Math.abs(c[i]) + Math.abs(cut.theta[i]));
    }
    const scale = Math.abs(value) + Math.abs(cut.value) + size + modulus * squares;
    const error = cut === centre ? 0 : Math.max(0, value - cut.value - change - (modulus / 2) * squares);
    return { error, rounding: cut === centre ? 0 : (dimension + 8) * Number.EPSILON * scale };
  }

  /** The Hessian where it is finite, else none: the model's curvature is only a help. */
  function hessianAt(theta: Float64Array): Float64Array {
    const found = new Float64Array(dimension * dimension);
    f.hessian(theta, found);
    return found.every(Number.isFinite) ? found : found.fill(0);
  }

  function shifted(matrix: Float64Array, by: number): Matrix {
    let scale = 0;
    for (let i = 0; i < dimension; i++) scale = Math.max(scale, matrix[i * dimension + i]);
    const found = Matrix.zeros(dimension, dimension);
    for (let i = 0; i < dimension; i++) {
      for (let j = 0; j < dimension; j++) {
        const entry = (matrix[i * dimension + j] + matrix[j * dimension + i]) / 2;
        found.set(i, j, entry + (i === j ? by + 1e-12 * scale : 0));
      }
    }
    return found;
  }
}

/** The bound that a mixture of cuts gives, with what rounding did to every one of them. */
function mixedBound(f: ConvexFunction, { centre, cuts, weights }: Mixture, radius: number, modulus: number): Bound {
  const { theta: c, value } = centre;
  const sums = Array.from(c, () => new PreciseSum());
  const [error, total] = [new PreciseSum(), new PreciseSum()];
  cuts.forEach((_, k) => {
    total.add(weights[k]);
  });
  let gradientError = 0;
  cuts.forEach((cut, k) => {
    if (weights[k] === 0) return;
    // Weights that sum to 1 except for a rounding, which the sum of weights makes good.
    const weight = weights[k] / total.value;
    const at = evaluatePrecisely(f, cut.theta);
    const step = c.map((entry, i) => entry - cut.theta[i]);
    const below = new PreciseSum();
    below.add(value);
    below.add(-at.value[0], at.valueError);
    below.add(-at.value[1]);
    for (let i = 0; i < c.length; i++) {
      const slope = at.gradient.high[i] + at.gradient.low[i];
      below.addProduct(-slope, step[i]);
      below.addProduct((-modulus / 2) * step[i], step[i]);
      sums[i].addProduct(weight, slope);
      sums[i].addProduct(weight * modulus, step[i]);
    }
    const size = norm(step) * (1 + 8 * Number.EPSILON);
    const slopeSize = normBound(at.gradient.high) + at.gradientError + modulus * size;
    // The step itself, the slope's low part and the products of the weight are rounded too.
    const unsure = at.gradientError + 4 * Number.EPSILON * slopeSize;
    below.add(0, unsure * size + 4 * Number.EPSILON * slopeSize * (norm(c) + norm(cut.theta)));
    error.addProduct(weight, cut === centre ? at.valueError : below.upper);
    gradientError += weight * unsure;
  });
  const mixture = Float64Array.from(sums, (sum) => sum.value);
  const evaluation = {
    value: [value, 0],
    valueError: 0,
    gradient: { high: mixture, low: new Float64Array(c.length) },
    gradientError: gradientError * (1 + 8 * Number.EPSILON) + 4 * Number.EPSILON * norm(mixture),
  } as const;
  const { bound, reason } = certificate(c, evaluation, radius, { kind: 'strongly-convex', modulus });
  // Weights are off 1 by a few roundings, each of which may lift the whole mixture by that much of the value.
  const lift = 4 * weights.length * Number.EPSILON * Math.abs(value);
  const sum = Math.max(0, error.upper) + bound + lift;
  return reason === undefined ? { bound: sum * (1 + 4 * Number.EPSILON) } : { bound: sum, reason };
}
