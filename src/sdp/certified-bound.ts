import { cholesky } from './cholesky.js';
import type { SemidefiniteProgramme } from './semidefinite-programme.js';

/** A programme that maximises, with bounds that every point of interest obeys beside its constraints. */
export interface BoundedProgramme {
  readonly programme: SemidefiniteProgramme;
  /** The bound of each constraint without the margin that the programme may have. */
  readonly trueBounds: Float64Array;
  /** G_ii is at most this. */
  readonly diagonalBounds: Float64Array;
  /** |f_j| is at most this. */
  readonly freeBounds: Float64Array;
}

/** A dual bound that holds in spite of rounding, and what went into it. */
export interface CertifiedBound {
  /** Upper bound on the programme's value without margins. */
  readonly bound: number;
  /** The multipliers, cut to be non-negative. */
  readonly multipliers: Float64Array;
  /** Z + shift · D was shown to be positive semidefinite, D the diagonal of the bounds' inverses. */
  readonly shift: number;
  /** What the shift adds to the bound. */
  readonly shiftCost: number;
  /** What the dual equations' residuals add to the bound. */
  readonly residualCost: number;
}

/** Half the distance from 1 to the next double. */
const unitRoundoff = 2 ** -53;

/**
 * A rigorous upper bound from approximate multipliers y.
 *
 * For any point (G, f) that obeys the true bounds, and any y ≥ 0,
 *   cᵀf = Σ y_k a_kᵀf + rᵀf ≤ bᵀy − ⟨Z, G⟩ + rᵀf,   Z = Σ y_k A_k,  r = c − Σ y_k a_k.
 * With S = diag(1/√d_i), d_i ≥ G_ii, and Z + ε S² positive semidefinite, −⟨Z, G⟩ ≤ ε Σ G_ii/d_i ≤ ε n; and
 * rᵀf ≤ Σ |r_j| F_j with F_j ≥ |f_j|. The shift ε is the first of a growing sequence for which the floating-point
 * Cholesky factorisation of the scaled matrix, lowered by the bound on its own rounding (Rump 2006), runs through.
 * Every sum is enlarged by a bound on its rounding error.
 */
export function certifiedBound(bounded: BoundedProgramme, approximate: Float64Array): CertifiedBound {
  const { programme, trueBounds, diagonalBounds, freeBounds } = bounded;
  const { order: n, constraints, objective } = programme;
  const m = constraints.length;
  const multipliers = approximate.map((value, k) => (constraints[k].sense === 'at most' ? Math.max(0, value) : value));

  const root = diagonalBounds.map(Math.sqrt);
  const z = new Float64Array(n * n);
  const size = new Float64Array(n * n);
  const residual = new Float64Array(freeBounds.length);
  const residualSize = new Float64Array(freeBounds.length);
  let value = 0;
  let valueSize = 0;
  for (let e = 0; e < objective.free.values.length; e++)
    residual[objective.free.indices[e]] += objective.free.values[e];
  for (let j = 0; j < residual.length; j++) residualSize[j] = Math.abs(residual[j]);
  for (let k = 0; k < m; k++) {
    const y = multipliers[k];
    if (y === 0) continue;
    const { matrix, free } = constraints[k];
    for (let e = 0; e < matrix.values.length; e++) {
      const [p, q] = [matrix.rows[e], matrix.columns[e]];
      const term = y * matrix.values[e] * root[p] * root[q];
      z[p * n + q] += term;
      size[p * n + q] += Math.abs(term);
    }
    for (let e = 0; e < free.values.length; e++) {
      const term = y * free.values[e];
      residual[free.indices[e]] -= term;
      residualSize[free.indices[e]] += Math.abs(term);
    }
    value += y * trueBounds[k];
    valueSize += Math.abs(y * trueBounds[k]);
  }
  // Sums of at most m + 1 terms, each of a few rounded factors.
  const sumError = gamma(m + 8);
  let residualCost = 0;
  for (let j = 0; j < residual.length; j++) {
    residualCost += (Math.abs(residual[j]) + sumError * residualSize[j]) * freeBounds[j];
  }
  // The error of the entries of Z, as a bound on the spectral norm: the largest row sum of the symmetric matrix.
  let entryError = 0;
  for (let i = 0; i < n; i++) {
    let row = 0;
    for (let j = 0; j < n; j++) row += i >= j ? size[i * n + j] : size[j * n + i];
    entryError = Math.max(entryError, sumError * row);
  }
  const shift = (entryError + positiveSemidefiniteShift(z, n)) * (1 + gamma(8));
  const shiftCost = shift * n * (1 + gamma(8));
  const total = value + sumError * valueSize + residualCost * (1 + gamma(residual.length + 8)) + shiftCost;
  return { bound: total + gamma(8) * (Math.abs(total) + valueSize), multipliers, shift, shiftCost, residualCost };
}

/**
 * An ε ≥ 0 for which Z + ε I is positive semidefinite, shown by a Cholesky factorisation that runs through with the
 * diagonal lowered by the bound on its rounding.
 */
function positiveSemidefiniteShift(z: Float64Array, n: number): number {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += Math.abs(z[i * n + i]);
  const work = new Float64Array(n * n);
  for (let shift = 0; ; shift = shift === 0 ? Math.max(unitRoundoff * trace, 1e-290) : 2 * shift) {
    if (!Number.isFinite(shift)) return Infinity;
    // If the factorisation of fl(A) succeeds, A + c I is positive semidefinite for c = γ/(1 − γ) · trace of A.
    const slack = (gamma(n + 2) / (1 - gamma(n + 2))) * (trace + n * shift) * (1 + gamma(8)) + Number.MIN_VALUE * n * n;
    work.set(z);
    for (let i = 0; i < n; i++) work[i * n + i] += shift;
    if (cholesky(work, n)) return shift + slack + 2 * unitRoundoff * (trace + shift);
  }
}

/** γ_k = k u / (1 − k u), the relative error of k roundings (Higham 2002). */
function gamma(k: number): number {
  return (k * unitRoundoff) / (1 - k * unitRoundoff);
}
