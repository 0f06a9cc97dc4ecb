import { symmetrise, transpose } from './dense.js';

// A triangular factor lives in the lower triangle of an n × n array, row-major; what is above the diagonal is left alone.

/** Columns of a block, a multiple of three. */
const block = 48;

/**
 * The Cholesky factor L of a symmetric matrix, A = L Lᵀ, written over A's lower triangle.
 * Left-looking by blocks of columns, so that the work is dot products of rows that stay in cache; several at a time,
 * whose sums do not wait for each other.
 * @param a n × n, row-major; only the lower triangle is read
 * @returns false where a pivot is not positive (A is then half overwritten)
 */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let start = 0; start < n; start += block) {
    const end = Math.min(start + block, n);
    if (start > 0) subtractEarlierColumns(a, n, start, end);
    if (!factorDiagonalBlock(a, n, start, end)) return false;
    const below = {
      stride: n,
      size: end - start,
      count: n - end,
      factorAt: start * n + start,
      rowsAt: end * n + start,
    };
    solveLowerEach(a, a, below);
  }
  return true;
}

/** The factor of the rows and columns start … end − 1. */
function factorDiagonalBlock(a: Float64Array, n: number, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const rowI = i * n;
    for (let j = start; j <= i; j++) {
      const rowJ = j * n;
      let sum = a[rowI + j];
      for (let k = start; k < j; k++) sum -= a[rowI + k] * a[rowJ + k];
      if (j < i) {
        a[rowI + j] = sum / a[rowJ + j];
      } else {
        if (!(sum > 0)) return false;
        a[rowI + j] = Math.sqrt(sum);
      }
    }
  }
  return true;
}

/** A[i][j] −= Σ_{k < start} A[i][k] A[j][k] for i ≥ j in the block of columns, three rows by three columns at a time. */
function subtractEarlierColumns(a: Float64Array, n: number, start: number, end: number): void {
  for (let i = start; i < n; i += 3) {
    const rows = Math.min(3, n - i);
    const row0 = i * n;
    const row1 = rows > 1 ? row0 + n : row0;
    const row2 = rows > 2 ? row1 + n : row0;
    // Blocks are whole tiles, so that only a tile at j = i has entries above the diagonal.
    for (let j = start; j < end && j <= i; j += 3) {
      const below = j < i;
      const columns = Math.min(3, end - j);
      const column0 = j * n;
      const column1 = columns > 1 ? column0 + n : column0;
      const column2 = columns > 2 ? column1 + n : column0;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s20 = 0;
      let s21 = 0;
      let s22 = 0;
      for (let k = 0; k < start; k++) {
        const x0 = a[row0 + k];
        const x1 = a[row1 + k];
        const x2 = a[row2 + k];
        const y0 = a[column0 + k];
        s00 += x0 * y0;
        s10 += x1 * y0;
        s20 += x2 * y0;
        const y1 = a[column1 + k];
        s01 += x0 * y1;
        s11 += x1 * y1;
        s21 += x2 * y1;
        const y2 = a[column2 + k];
        s02 += x0 * y2;
        s12 += x1 * y2;
        s22 += x2 * y2;
      }
      a[row0 + j] -= s00;
      if (below && columns > 1) a[row0 + j + 1] -= s01;
      if (below && columns > 2) a[row0 + j + 2] -= s02;
      if (rows > 1) {
        a[row1 + j] -= s10;
        if (columns > 1) a[row1 + j + 1] -= s11;
        if (below && columns > 2) a[row1 + j + 2] -= s12;
      }
      if (rows > 2) {
        a[row2 + j] -= s20;
        if (columns > 1) a[row2 + j + 1] -= s21;
        if (columns > 2) a[row2 + j + 2] -= s22;
      }
    }
  }
}

/** Solves L x = b in place, L the lower triangle of `l` (n × n, row-major). */
export function solveLower(l: Float64Array, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let sum = x[i];
    const row = i * n;
    for (let k = 0; k < i; k++) sum -= l[row + k] * x[k];
    x[i] = sum / l[row + i];
  }
}

/** Right-hand sides as rows, and the factor that they are solved with. */
export interface LowerSystems {
  /** From one row to the next, of both. */
  readonly stride: number;
  /** Rows of the factor. */
  readonly size: number;
  /** Right-hand sides. */
  readonly count: number;
  /** Where the factor begins, and where the right-hand sides do; 0 by default. */
  readonly factorAt?: number;
  readonly rowsAt?: number;
}

/** Solves L x = b in place for several right-hand sides, rows of `x`: four at a time, which do not wait for each other. */
export function solveLowerEach(
  l: Float64Array,
  x: Float64Array,
  { stride, size, count, factorAt = 0, rowsAt = 0 }: LowerSystems,
): void {
  for (let r = 0; r < count; r += 4) {
    // Past the last one, that one again.
    const row0 = rowsAt + r * stride;
    const row1 = rowsAt + Math.min(r + 1, count - 1) * stride;
    const row2 = rowsAt + Math.min(r + 2, count - 1) * stride;
    const row3 = rowsAt + Math.min(r + 3, count - 1) * stride;
    for (let i = 0; i < size; i++) {
      const at = factorAt + i * stride;
      let s0 = x[row0 + i];
      let s1 = x[row1 + i];
      let s2 = x[row2 + i];
      let s3 = x[row3 + i];
      for (let k = 0; k < i; k++) {
        const factor = l[at + k];
        s0 -= factor * x[row0 + k];
        s1 -= factor * x[row1 + k];
        s2 -= factor * x[row2 + k];
        s3 -= factor * x[row3 + k];
      }
      const pivot = l[at + i];
      x[row0 + i] = s0 / pivot;
      x[row1 + i] = s1 / pivot;
      x[row2 + i] = s2 / pivot;
      x[row3 + i] = s3 / pivot;
    }
  }
}

/** Solves Lᵀ x = b in place, L the lower triangle of `l` (n × n, row-major); `x` starts at `offset`. */
export function solveLowerTransposed(l: Float64Array, n: number, x: Float64Array, offset = 0): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * n;
    const value = x[offset + i] / l[row + i];
    x[offset + i] = value;
    for (let k = 0; k < i; k++) x[offset + k] -= value * l[row + k];
  }
}

/** The inverse of L Lᵀ, symmetric, n × n row-major, into `inverse`. */
export function inverseFromCholesky(l: Float64Array, n: number, inverse: Float64Array): void {
  inverse.fill(0);
  for (let j = 0; j < n; j++) inverse[j * n + j] = 1;
  solveLowerEach(l, inverse, { stride: n, size: n, count: n });
  for (let j = 0; j < n; j++) solveLowerTransposed(l, n, inverse, j * n);
  symmetrise(inverse, n);
}

/** L⁻¹ D L⁻ᵀ for a symmetric D, n × n row-major, into `result`. */
export function congruenceByInverse(l: Float64Array, d: Float64Array, n: number, result: Float64Array): void {
  result.set(d);
  // D is symmetric, so solving along rows gives D L⁻ᵀ; its transpose solved again gives L⁻¹ D L⁻ᵀ.
  const rows = { stride: n, size: n, count: n };
  solveLowerEach(l, result, rows);
  transpose(result, n);
  solveLowerEach(l, result, rows);
}
