import { cholesky, solveLower, solveLowerTransposed } from '../../sdp/cholesky.js';
import { doubledCholesky, doubledRoundoff, doubledSolve, type Doubled } from './doubled-cholesky.js';
import { unitRoundoff } from './precise-sum.js';

/** A symmetric matrix (d × d, row-major) known to twice the precision of doubles. */
export interface KnownMatrix extends Doubled {
  readonly dimension: number;
  /** A bound on the spectral norm of the distance to the exact matrix. */
  readonly error: number;
}

/** A factor of a matrix that was shown to be positive definite. */
export interface VerifiedFactor {
  /** A number > 0 that no eigenvalue of the exact matrix is below. */
  readonly leastEigenvalue: number;
  /** An approximate solution of M x = b. */
  solve(right: Doubled): Float64Array;
}

/**
 * Shows that matrix + shift · I is positive definite, where it can: a floating-point Cholesky factorisation of the
 * matrix, lowered by c, that runs through shows that no eigenvalue is below c minus a bound on its rounding (Rump
 * 2006). Tried in doubles first; what these cannot tell from a singular matrix, in twice their precision, which
 * decides down to eigenvalues of about 1e-27 of the largest. Undefined where neither can.
 */
export function verifiedFactor(matrix: KnownMatrix, shift = 0): VerifiedFactor | undefined {
  return factorInDoubles(matrix, shift) ?? inTwiceThePrecision(matrix, shift);
}

/** The same by doubles alone, which is many times faster; undefined also where twice their precision could tell. */
export function factorInDoubles(
  { dimension: n, high, low, error }: KnownMatrix,
  shift: number,
): VerifiedFactor | undefined {
  const factored = (change: number): Float64Array | undefined => {
    const work = high.slice();
    for (let i = 0; i < n; i++) work[i * n + i] += change;
    return cholesky(work, n) ? work : undefined;
  };
  const factor = factored(shift);
  if (factor === undefined) return undefined;
  const solve = ({ high: right }: Doubled): Float64Array => {
    const x = right.slice();
    solveLower(factor, n, x);
    solveLowerTransposed(factor, n, x);
    return x;
  };
  const trace = traceOf(high, n) + n * Math.abs(shift);
  const gamma = ((n + 2) * unitRoundoff) / (1 - (n + 2) * unitRoundoff);
  // The low parts are at most half a unit in the last place of the high ones, summed over a row.
  const dropped = largestRowSum(low, n);
  const slack = 2 * ((gamma / (1 - gamma)) * trace + 4 * unitRoundoff * trace) + dropped + error + 1e-300 * n;
  const lowered = leastEigenvalueEstimate(n, solve) / 2;
  if (!(lowered > 2 * slack) || factored(shift - lowered) === undefined) return undefined;
  return { leastEigenvalue: lowered - slack, solve };
}

function inTwiceThePrecision(
  { dimension: n, high, low, error }: KnownMatrix,
  shift: number,
): VerifiedFactor | undefined {
  // A power of two that brings the largest entry near 1, so that nothing that counts underflows.
  const largest = high.reduce((most, entry) => Math.max(most, Math.abs(entry)), Math.abs(shift));
  if (!(largest > 0 && largest < Infinity)) return undefined;
  const unit = 2 ** Math.max(-1000, Math.min(1000, Math.round(Math.log2(largest))));
  const factored = (change: number): Doubled | undefined => {
    const [workHigh, workLow] = [high.map((entry) => entry / unit), low.map((entry) => entry / unit)];
    for (let i = 0; i < n; i++) {
      const at = i * n + i;
      const sum = workHigh[at] + change / unit;
      const part = sum - workHigh[at];
      workLow[at] += workHigh[at] - (sum - part) + (change / unit - part);
      workHigh[at] = sum;
    }
    const work = { high: workHigh, low: workLow };
    return doubledCholesky(work, n) ? work : undefined;
  };
  const factor = factored(shift);
  if (factor === undefined) return undefined;
  const solve = (right: Doubled): Float64Array => doubledSolve(factor, n, right).map((entry) => entry / unit);
  const trace = traceOf(high, n) + n * Math.abs(shift);
  const slack = 4 * (n + 4) * doubledRoundoff * trace + error + unit * n * n * 2 ** -1000;
  const estimated = leastEigenvalueEstimate(n, solve);
  for (const share of [2, 16, 256]) {
    const lowered = estimated / share;
    if (!(lowered > 2 * slack)) return undefined;
    if (factored(shift - lowered) !== undefined) return { leastEigenvalue: lowered - slack, solve };
  }
  return undefined;
}

/** About the smallest eigenvalue, by inverse iteration. */
function leastEigenvalueEstimate(n: number, solve: VerifiedFactor['solve']): number {
  const low = new Float64Array(n);
  // A start that no eigenvector of a hand-written matrix is orthogonal to.
  let vector: Float64Array = Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(12.9898 * (i + 1)) / 2);
  let estimate = Infinity;
  for (let iteration = 0; iteration < 6; iteration++) {
    const norm = Math.hypot(...vector);
    if (!(norm > 0 && norm < Infinity)) return 0;
    vector = vector.map((entry) => entry / norm);
    vector = solve({ high: vector, low });
    const next = 1 / Math.hypot(...vector);
    if (next > 0.9 * estimate) return Math.min(next, estimate);
    estimate = next;
  }
  return estimate;
}

function traceOf(matrix: Float64Array, n: number): number {
  let trace = 0;
  for (let i = 0; i < n; i++) trace += Math.abs(matrix[i * n + i]);
  return trace * (1 + n * unitRoundoff);
}

function largestRowSum(matrix: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += Math.abs(matrix[i * n + j]);
    largest = Math.max(largest, sum);
  }
  return largest * (1 + 2 * n * unitRoundoff);
}
