import { spectrum } from '../problem/positive-semidefinite.js';

/** Eigenvalues at or below this fraction of the largest are taken for zero. */
const singularBelow = 1e-14;

/** A symmetric positive semidefinite matrix in its eigenbasis. */
export interface Eigenbasis {
  readonly dimension: number;
  /** Eigenvalues; those that rounding cannot tell from zero are exactly 0. */
  readonly values: Float64Array;
  /** Eigenvectors as rows (d × d, row-major). */
  readonly vectors: Float64Array;
}

/** The eigenbasis of a symmetric positive semidefinite matrix (d × d, row-major). */
export function eigenbasis(matrix: Float64Array, dimension: number): Eigenbasis {
  const { values: found, vectors: columns } = spectrum(matrix, dimension);
  const cutoff = singularBelow * Math.max(...found);
  const values = Float64Array.from(found, (value) => (value > cutoff ? value : 0));
  const vectors = new Float64Array(dimension * dimension);
  for (let k = 0; k < dimension; k++) {
    for (let i = 0; i < dimension; i++) vectors[k * dimension + i] = columns.get(i, k);
  }
  return { dimension, values, vectors };
}

/** The coordinates of a vector in the eigenbasis. */
export function toEigenbasis({ dimension, vectors }: Eigenbasis, vector: Float64Array): Float64Array {
  const coordinates = new Float64Array(dimension);
  for (let k = 0; k < dimension; k++) {
    for (let i = 0; i < dimension; i++) coordinates[k] += vectors[k * dimension + i] * vector[i];
  }
  return coordinates;
}

/** The vector with the given coordinates in the eigenbasis. */
export function fromEigenbasis({ dimension, vectors }: Eigenbasis, coordinates: Float64Array): Float64Array {
  const vector = new Float64Array(dimension);
  for (let k = 0; k < dimension; k++) {
    for (let i = 0; i < dimension; i++) vector[i] += vectors[k * dimension + i] * coordinates[k];
  }
  return vector;
}

/**
 * A minimiser over the ball ‖y‖ ≤ radius of the model ⟨g, y − θ⟩ + ½ (y − θ)ᵀ H (y − θ), H in its eigenbasis.
 * Inside the ball: y = θ − H⁺g, which leaves θ's components where H is flat. Otherwise y solves (H + νI) y = Hθ − g
 * on the sphere, ν > 0 found by Newton's method on 1/‖y(ν)‖ (Moré and Sorensen 1983), safeguarded by bisection.
 */
export function minimizeModel(
  basis: Eigenbasis,
  theta: Float64Array,
  gradient: Float64Array,
  radius: number,
): Float64Array {
  const { dimension, values } = basis;
  const [at, slope] = [toEigenbasis(basis, theta), toEigenbasis(basis, gradient)];
  const slopeNorm = Math.hypot(...slope);
  // Slopes that rounding cannot tell from zero, or too small to compute with.
  const negligible = Math.max(1e-13 * slopeNorm, 1e-300);
  const interior = new Float64Array(dimension);
  let flat = true;
  for (let k = 0; k < dimension; k++) {
    interior[k] = values[k] > 0 ? at[k] - slope[k] / values[k] : at[k];
    if (values[k] === 0 && Math.abs(slope[k]) > negligible) flat = false;
  }
  if ((flat || radius === Infinity) && Math.hypot(...interior) <= radius) return fromEigenbasis(basis, interior);

  // Without a slope along H's null space, the components there are free: 0 is the choice that fits in the ball.
  const target = at.map((entry, k) => (flat && values[k] === 0 ? 0 : values[k] * entry - slope[k]));
  const onSphere = (shift: number): Float64Array =>
    target.map((entry, k) => (entry === 0 ? 0 : entry / (values[k] + shift)));
  // ‖y(ν)‖ ≤ ‖target‖ / ν, so the root lies at or below ‖target‖ / radius.
  let [low, high] = [0, Math.hypot(...target) / radius];
  let shift = high;
  for (let iteration = 0; iteration < 200; iteration++) {
    const y = onSphere(shift);
    const norm = Math.hypot(...y);
    if (norm > radius) low = shift;
    else high = shift;
    if (Math.abs(norm - radius) <= 1e-16 * radius || high - low <= 1e-16 * high) break;
    let curvature = 0;
    for (let k = 0; k < dimension; k++) if (y[k] !== 0) curvature += (y[k] * y[k]) / (values[k] + shift);
    const next = shift + ((norm * norm) / curvature) * ((norm - radius) / radius);
    const inside = next > low && next < high;
    if (inside && next === shift) break;
    shift = inside ? next : low > 0 ? Math.sqrt(low) * Math.sqrt(high) : high / 1024;
  }
  return ontoBall(fromEigenbasis(basis, onSphere(shift)), radius);
}

/** The vector, scaled back so that its computed norm does not exceed the radius. */
export function ontoBall(vector: Float64Array, radius: number): Float64Array {
  let scaled = vector;
  for (let norm = Math.hypot(...vector), shrink = 1; norm > radius; norm = Math.hypot(...scaled)) {
    const factor = (radius / norm) * shrink;
    scaled = scaled.map((entry) => entry * factor);
    shrink -= Number.EPSILON;
  }
  return scaled;
}
