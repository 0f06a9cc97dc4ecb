import { inner } from '../../base/vector.js';
/**
 * f(θ) = max over the pieces of offset + ⟨gradient, θ⟩: convex, and Lipschitz with the largest gradient's norm.
 * Where several pieces are largest, the subgradient is the gradient of the first of them.
 */
export interface PiecewiseLinear {
  readonly kind: 'piecewise-linear';
  readonly pieces: readonly { readonly gradient: readonly number[]; readonly offset: number }[];
}

/**
 * f(θ) = min over weights w of the simplex of Σ w_j value_j + (L/2) ‖θ − Σ w_j center_j‖²: convex with L-Lipschitz
 * gradients, whatever the centres and values (the Moreau envelope of a polyhedral function; Taylor, Hendrickx and
 * Glineur 2017, Theorem 4).
 */
export interface SmoothInterpolant {
  readonly kind: 'smooth-interpolant';
  readonly smoothness: number;
  readonly points: readonly { readonly center: readonly number[]; readonly value: number }[];
}

/** A function that attains, or nearly attains, a worst case. */
export type WorstFunction = PiecewiseLinear | SmoothInterpolant;

/** A function's value and a subgradient, and how firmly the subgradient is determined. */
export interface WorstFunctionValue {
  readonly value: number;
  readonly gradient: Float64Array;
  /** By how much the active piece leads every other one; 0 at a tie or between pieces. */
  readonly lead: number;
}

/** Value and subgradient of a recovered function at θ. */
export function evaluateWorstFunction(f: WorstFunction, at: Float64Array): WorstFunctionValue {
  return f.kind === 'piecewise-linear' ? evaluatePiecewiseLinear(f, at) : evaluateSmooth(f, at);
}

function evaluatePiecewiseLinear({ pieces }: PiecewiseLinear, at: Float64Array): WorstFunctionValue {
  let active = 0;
  let value = -Infinity;
  let second = -Infinity;
  for (let j = 0; j < pieces.length; j++) {
    const { gradient, offset } = pieces[j];
    let here = offset;
    for (let i = 0; i < at.length; i++) here += gradient[i] * at[i];
    if (here > value) {
      second = value;
      value = here;
      active = j;
    } else if (here > second) {
      second = here;
    }
  }
  return { value, gradient: Float64Array.from(pieces[active].gradient), lead: value - second };
}

/**
 * The active set method on the simplex: the corral's minimiser over its affine hull, cut back to the simplex, then the
 * point that lowers the value most joins (Wolfe 1976, with a linear term).
 */
function evaluateSmooth({ smoothness, points }: SmoothInterpolant, at: Float64Array): WorstFunctionValue {
  const count = points.length;
  const d = at.length;
  const away = points.map(({ center }) => at.map((x, i) => x - center[i]));
  let best = 0;
  let bestValue = Infinity;
  for (let j = 0; j < count; j++) {
    const value = points[j].value + (smoothness / 2) * inner(away[j], away[j]);
    if (value < bestValue) {
      bestValue = value;
      best = j;
    }
  }
  const weights = new Float64Array(count);
  weights[best] = 1;
  let corral = [best];
  const gradient = new Float64Array(d);
  for (let round = 0; ; round++) {
    gradient.fill(0);
    for (const j of corral) for (let i = 0; i < d; i++) gradient[i] += smoothness * weights[j] * away[j][i];
    // The derivative along weight k, over the smallest one of the corral.
    const slope = points.map(({ value }, k) => value + inner(gradient, away[k]));
    const level = Math.max(...corral.map((j) => slope[j]));
    const scale = Math.max(...corral.map((j) => Math.abs(points[j].value) + absoluteInner(gradient, away[j])));
    let entering = -1;
    let lead = Infinity;
    for (let k = 0; k < count; k++) {
      if (corral.includes(k)) continue;
      if (slope[k] - level < lead) {
        lead = slope[k] - level;
        entering = k;
      }
    }
    if (entering < 0 || lead >= -1e-13 * scale || round > 50 * count) {
      let value = inner(gradient, gradient) / (2 * smoothness);
      for (const j of corral) value += weights[j] * points[j].value;
      return { value, gradient, lead: corral.length === 1 ? Math.max(0, lead) : 0 };
    }
    corral.push(entering);
    corral = settle(corral, weights, away, points, smoothness);
  }
}

/** Moves the weights to the corral's best ones, dropping members whose weight reaches 0. */
function settle(
  corral: number[],
  weights: Float64Array,
  away: readonly Float64Array[],
  points: SmoothInterpolant['points'],
  smoothness: number,
): number[] {
  let members = corral;
  for (;;) {
    const target = affineMinimiser(members, away, points, smoothness);
    let step = 1;
    let leaving = -1;
    members.forEach((j, index) => {
      if (target[index] >= 0) return;
      const reach = weights[j] / (weights[j] - target[index]);
      if (reach < step || leaving < 0) {
        step = Math.min(step, reach);
        leaving = j;
      }
    });
    members.forEach((j, index) => (weights[j] += step * (target[index] - weights[j])));
    if (leaving < 0) return members;
    weights[leaving] = 0;
    members = members.filter((j) => j !== leaving);
  }
}

/** The minimiser of Σ w_j value_j + (L/2)‖Σ w_j away_j‖² over Σ w_j = 1, a ridge deciding among equals. */
function affineMinimiser(
  members: readonly number[],
  away: readonly Float64Array[],
  points: SmoothInterpolant['points'],
  smoothness: number,
): Float64Array {
  // With w_0 = 1 − Σ w_k, an unconstrained problem in the others.
  const [first, ...rest] = members;
  const size = rest.length;
  const result = new Float64Array(size + 1);
  const edges = rest.map((j) => away[j].map((x, i) => x - away[first][i]));
  const matrix = edges.map((a, row) =>
    edges.map((b, column) => smoothness * inner(a, b) * (row === column ? 1 + 1e-13 : 1)),
  );
  const right = rest.map(
    (j, row) => -(points[j].value - points[first].value) - smoothness * inner(edges[row], away[first]),
  );
  for (let pivot = 0; pivot < size; pivot++) {
    for (let row = pivot + 1; row < size; row++) {
      const factor = matrix[row][pivot] / matrix[pivot][pivot];
      for (let column = pivot; column < size; column++) matrix[row][column] -= factor * matrix[pivot][column];
      right[row] -= factor * right[pivot];
    }
  }
  let sum = 0;
  for (let row = size - 1; row >= 0; row--) {
    let value = right[row];
    for (let column = row + 1; column < size; column++) value -= matrix[row][column] * result[column + 1];
    result[row + 1] = value / matrix[row][row];
    sum += result[row + 1];
  }
  result[0] = 1 - sum;
  return result;
}

function absoluteInner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i] * b[i]);
  return sum;
}
