import { Matrix, solve } from 'ml-matrix';

/**
 * Weights that nearly minimise ½ wᵀQw + ⟨a, w⟩ where the first `onSimplex` of them are ≥ 0 and sum to 1, and the others are
 * ≥ 0 (Q symmetric positive semidefinite, row-major). Pairs of weights, or single ones beyond the simplex, are
 * minimised exactly one after the other, then those that are positive all at once. For the few dozen weights of a bundle.
 */
export function simplexQp(q: Float64Array, a: Float64Array, onSimplex: number): Float64Array {
  const count = a.length;
  const weights = new Float64Array(count);
  // Starts from the single best weight.
  let first = 0;
  for (let i = 1; i < onSimplex; i++) if (cost(i) < cost(first)) first = i;
  weights[first] = 1;
  const slope = Float64Array.from(a, (entry, i) => entry + q[i * count + first]);

  for (let iteration = 0; iteration < 200 * count; iteration++) {
    let [down, up] = [-1, 0];
    for (let i = 0; i < onSimplex; i++) {
      if (slope[i] < slope[up]) up = i;
      if (weights[i] > 0 && (down < 0 || slope[i] > slope[down])) down = i;
    }
    let gain = slope[down] - slope[up];
    let alone = -1;
    for (let i = onSimplex; i < count; i++) {
      const drop = weights[i] > 0 ? Math.abs(slope[i]) : Math.max(0, -slope[i]);
      if (drop > gain) [gain, alone] = [drop, i];
    }
    if (!(gain > 1e-16 * (Math.abs(slope[up]) + Math.abs(slope[down])))) break;
    if (alone >= 0) move(alone, -1, -slope[alone] / q[alone * count + alone]);
    else {
      const bend = q[up * count + up] + q[down * count + down] - 2 * q[up * count + down];
      move(up, down, bend > 0 ? gain / bend : Infinity);
    }
  }
  return polished(q, a, onSimplex, weights);

  function cost(i: number): number {
    return a[i] + q[i * count + i] / 2;
  }

  /** Adds `by` to one weight, and takes it from another where that is given, as far as none becomes negative. */
  function move(to: number, from: number, by: number): void {
    const amount = from >= 0 ? Math.min(by, weights[from]) : Math.max(by, -weights[to]);
    weights[to] += amount;
    if (from >= 0) weights[from] = amount === weights[from] ? 0 : weights[from] - amount;
    for (let i = 0; i < count; i++) {
      slope[i] += amount * (q[i * count + to] - (from >= 0 ? q[i * count + from] : 0));
    }
  }
}

/** The minimiser among the weights that are positive, where none of them turns negative. */
function polished(q: Float64Array, a: Float64Array, onSimplex: number, weights: Float64Array): Float64Array {
  const count = a.length;
  const support = Array.from(weights.keys()).filter((i) => weights[i] > 0);
  const size = support.length;
  const system = Matrix.zeros(size + 1, size + 1);
  const right = Matrix.zeros(size + 1, 1);
  support.forEach((i, row) => {
    support.forEach((j, column) => system.set(row, column, q[i * count + j]));
    const isOnSimplex = i < onSimplex ? 1 : 0;
    system.set(row, size, isOnSimplex);
    system.set(size, row, isOnSimplex);
    right.set(row, 0, -a[i]);
  });
  right.set(size, 0, 1);
  let solution: Matrix;
  try {
    solution = solve(system, right);
  } catch {
    // A singular system: several mixtures are equally good, and the one found will do.
    return weights;
  }
  const found = new Float64Array(count);
  support.forEach((i, row) => (found[i] = solution.get(row, 0)));
  return found.every((entry) => entry >= 0) ? found : weights;
}
