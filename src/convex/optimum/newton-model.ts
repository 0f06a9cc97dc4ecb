import { ontoBall } from './quadratic-model.js';

/**
 * A minimiser over the ball ‖y‖ ≤ radius of the model ⟨g, y − θ⟩ + ½ (y − θ)ᵀ H (y − θ), as `minimizeModel`, by Cholesky
 * factorisations instead of an eigenbasis: about ten times cheaper where the Hessian changes at every iteration.
 * A Hessian that is singular to rounding has its diagonal enlarged by a share of 1e-13, which the iteration around this
 * step makes good.
 */
export function minimizeNewtonModel(
  hessian: Float64Array,
  theta: Float64Array,
  gradient: Float64Array,
  radius: number,
): Float64Array {
  const dimension = theta.length;
  const factor = new Float64Array(dimension * dimension);
  const model = regularised(hessian, factor);
  // Only a Hessian with entries that are no numbers has none: there is no step.
  if (model === undefined) return theta;
  const step = solve(factor, gradient);
  const interior = theta.map((entry, i) => entry - step[i]);
  if (Math.hypot(...interior) <= radius) return interior;

  // On the sphere y(ν) = (H + νI)⁻¹(Hθ − g); Newton on 1/‖y(ν)‖ = 1/R rises to the root from the left.
  const target = new Float64Array(dimension);
  for (let i = 0; i < dimension; i++) {
    let sum = -gradient[i];
    for (let j = 0; j < dimension; j++) sum += model[i * dimension + j] * theta[j];
    target[i] = sum;
  }
  let [low, high] = [0, Math.hypot(...target) / radius];
  let nu = high * 1e-3;
  let y: Float64Array = interior;
  for (let iteration = 0; iteration < 100; iteration++) {
    if (!factorize(model, nu, factor)) {
      low = nu;
      nu = (nu + high) / 2;
      continue;
    }
    y = solve(factor, target);
    const norm = Math.hypot(...y);
    if (norm > radius) low = nu;
    else high = nu;
    if (Math.abs(norm - radius) <= 1e-15 * radius || high - low <= 1e-16 * high) break;
    const half = forward(factor, y);
    const curvature = half.reduce((sum, entry) => sum + entry * entry, 0);
    const next = nu + ((norm * norm) / curvature) * ((norm - radius) / radius);
    if (next === nu) break;
    nu = next > low && next < high ? next : (low + high) / 2;
  }
  return ontoBall(y, radius);
}

/**
 * The Hessian, or, where it is singular to rounding, the Hessian with its diagonal enlarged by the smallest share that
 * makes it definite, and its factor. Pivots are judged beside the diagonal entry that they come from, so that a
 * coordinate of tiny curvature is neither taken for flat nor shifted by what a large one needs.
 */
function regularised(hessian: Float64Array, factor: Float64Array): Float64Array | undefined {
  const dimension = Math.sqrt(hessian.length);
  let largest = 0;
  for (let i = 0; i < dimension; i++) largest = Math.max(largest, hessian[i * dimension + i]);
  for (let share = 0; share < Infinity; share = share === 0 ? 1e-13 : 4 * share) {
    const model = hessian.slice();
    for (let i = 0; share > 0 && i < dimension; i++) {
      const at = i * dimension + i;
      model[at] += share * (model[at] > 1e-300 * largest ? model[at] : largest || 1);
    }
    if (factorize(model, 0, factor, 1e-14)) return model;
  }
  return undefined;
}

/** Writes L with LLᵀ = H + shift·I; false where a pivot is not above `least` times the diagonal entry. */
function factorize(hessian: Float64Array, shift: number, factor: Float64Array, least = 0): boolean {
  const dimension = Math.sqrt(hessian.length);
  for (let i = 0, row = 0; i < dimension; i++, row += dimension) {
    for (let j = 0, other = 0; j <= i; j++, other += dimension) {
      let sum = hessian[row + j];
      for (let k = 0; k < j; k++) sum -= factor[row + k] * factor[other + k];
      if (i > j) factor[row + j] = sum / factor[other + j];
      else {
        const pivot = sum + shift;
        if (!(pivot > least * hessian[row + i])) return false;
        factor[row + i] = Math.sqrt(pivot);
      }
    }
  }
  return true;
}

/** L⁻¹v. */
function forward(factor: Float64Array, vector: Float64Array): Float64Array {
  const dimension = vector.length;
  const solution = vector.slice();
  for (let i = 0; i < dimension; i++) {
    for (let k = 0; k < i; k++) solution[i] -= factor[i * dimension + k] * solution[k];
    solution[i] /= factor[i * dimension + i];
  }
  return solution;
}

/** (LLᵀ)⁻¹v. */
function solve(factor: Float64Array, vector: Float64Array): Float64Array {
  const dimension = vector.length;
  const solution = forward(factor, vector);
  for (let i = dimension - 1; i >= 0; i--) {
    solution[i] /= factor[i * dimension + i];
    for (let k = 0; k < i; k++) solution[k] -= factor[i * dimension + k] * solution[i];
  }
  return solution;
}
