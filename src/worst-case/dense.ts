/**
 * Dense symmetric kernels on row-major typed arrays, for the interior point method's inner loop.
 * A triangular factor lives in the lower triangle of the n × n array; what is above the diagonal is left alone.
 */

const block = 48;

/**
 * The Cholesky factor L of a symmetric matrix, A = L Lᵀ, written over A's lower triangle.
 * Left-looking by blocks of columns, so that the work is dot products of rows that stay in cache.
 * @param a n × n, row-major; only the lower triangle is read
 * @returns false where a pivot is not positive (A is then half overwritten)
 */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let start = 0; start < n; start += block) {
    const end = Math.min(start + block, n);
    if (start > 0) subtractEarlierColumns(a, n, start, end);
    for (let i = start; i < n; i++) {
      const rowI = i * n;
      const last = Math.min(i, end - 1);
      for (let j = start; j <= last; j++) {
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
  }
  return true;
}

/** A[i][j] −= Σ_{k < start} A[i][k] A[j][k] for i ≥ j in the block of columns, two rows by two columns at a time. */
function subtractEarlierColumns(a: Float64Array, n: number, start: number, end: number): void {
  for (let i = start; i < n; i += 2) {
    const pairOfRows = i + 1 < n;
    const row0 = i * n;
    const row1 = pairOfRows ? row0 + n : row0;
    // The entry above the diagonal that a 2 × 2 tile may touch is never read.
    const last = Math.min(pairOfRows ? i + 1 : i, end - 1);
    for (let j = start; j <= last; j += 2) {
      const pairOfColumns = j + 1 <= last;
      const column0 = j * n;
      const column1 = pairOfColumns ? column0 + n : column0;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      for (let k = 0; k < start; k++) {
        const x0 = a[row0 + k];
        const x1 = a[row1 + k];
        const y0 = a[column0 + k];
        const y1 = a[column1 + k];
        s00 += x0 * y0;
        s01 += x0 * y1;
        s10 += x1 * y0;
        s11 += x1 * y1;
      }
      a[row0 + j] -= s00;
      if (pairOfColumns && j + 1 <= i) a[row0 + j + 1] -= s01;
      if (pairOfRows) a[row1 + j] -= s10;
      if (pairOfRows && pairOfColumns) a[row1 + j + 1] -= s11;
    }
  }
}

/** Solves L x = b in place, L the lower triangle of `l` (n × n, row-major); `x` starts at `offset`. */
export function solveLower(l: Float64Array, n: number, x: Float64Array, offset = 0): void {
  for (let i = 0; i < n; i++) {
    let sum = x[offset + i];
    const row = i * n;
    for (let k = 0; k < i; k++) sum -= l[row + k] * x[offset + k];
    x[offset + i] = sum / l[row + i];
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
  for (let j = 0; j < n; j++) {
    inverse[j * n + j] = 1;
    solveLower(l, n, inverse, j * n);
    solveLowerTransposed(l, n, inverse, j * n);
  }
  symmetrise(inverse, n);
}

/** C = A B for n × n row-major matrices. */
export function multiply(a: Float64Array, b: Float64Array, n: number, c: Float64Array): void {
  c.fill(0);
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let k = 0; k < n; k++) {
      const value = a[rowI + k];
      if (value === 0) continue;
      const rowK = k * n;
      for (let j = 0; j < n; j++) c[rowI + j] += value * b[rowK + j];
    }
  }
}

/** A ← (A + Aᵀ)/2, n × n row-major. */
export function symmetrise(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (a[i * n + j] + a[j * n + i]) / 2;
      a[i * n + j] = mean;
      a[j * n + i] = mean;
    }
  }
}

/** Σ a_e b_e, of vectors or of matrices. */
export function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < a.length; e++) sum += a[e] * b[e];
  return sum;
}

/** The Euclidean norm of a vector, the Frobenius norm of a matrix. */
export function norm(a: Float64Array): number {
  return Math.sqrt(inner(a, a));
}

/** L⁻¹ D L⁻ᵀ for a symmetric D, n × n row-major, into `result`. */
export function congruenceByInverse(l: Float64Array, d: Float64Array, n: number, result: Float64Array): void {
  result.set(d);
  // D is symmetric, so solving along rows gives D L⁻ᵀ; its transpose solved again gives L⁻¹ D L⁻ᵀ.
  for (let i = 0; i < n; i++) solveLower(l, n, result, i * n);
  transpose(result, n);
  for (let i = 0; i < n; i++) solveLower(l, n, result, i * n);
}

function transpose(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = a[i * n + j];
      a[i * n + j] = a[j * n + i];
      a[j * n + i] = value;
    }
  }
}

/**
 * The smallest eigenvalue of a symmetric matrix: Householder tridiagonalisation, then bisection on Sturm counts.
 * @param a n × n row-major, overwritten
 */
export function smallestEigenvalue(a: Float64Array, n: number): number {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  tridiagonalise(a, n, diagonal, offDiagonal);
  let low = Infinity;
  let high = Infinity;
  for (let i = 0; i < n; i++) {
    const radius = Math.abs(offDiagonal[i]) + (i + 1 < n ? Math.abs(offDiagonal[i + 1]) : 0);
    low = Math.min(low, diagonal[i] - radius);
    high = Math.min(high, diagonal[i]);
  }
  for (let round = 0; round < 60 && high - low > 1e-15 * (Math.abs(low) + Math.abs(high)); round++) {
    const middle = (low + high) / 2;
    if (hasEigenvalueBelow(diagonal, offDiagonal, n, middle)) high = middle;
    else low = middle;
  }
  return low;
}

/** Householder's reduction; offDiagonal[i] couples i − 1 and i, offDiagonal[0] is 0. */
function tridiagonalise(a: Float64Array, n: number, diagonal: Float64Array, offDiagonal: Float64Array): void {
  const v = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n - 2; k++) {
    let norm = 0;
    for (let i = k + 1; i < n; i++) norm += a[i * n + k] ** 2;
    norm = Math.sqrt(norm);
    const head = a[(k + 1) * n + k];
    diagonal[k] = a[k * n + k];
    const pivot = head > 0 ? -norm : norm;
    offDiagonal[k + 1] = pivot;
    const squared = norm * norm - head * pivot;
    if (!(squared > 0)) continue;
    for (let i = k + 1; i < n; i++) v[i] = a[i * n + k];
    v[k + 1] = head - pivot;
    // A ← H A H with H = 1 − v vᵀ / squared: A − v qᵀ − q vᵀ with q = p − (pᵀv / 2 squared) v, p = A v / squared.
    let projection = 0;
    for (let i = k + 1; i < n; i++) {
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += a[i * n + j] * v[j];
      p[i] = sum / squared;
      projection += p[i] * v[i];
    }
    const half = projection / (2 * squared);
    for (let i = k + 1; i < n; i++) p[i] -= half * v[i];
    for (let i = k + 1; i < n; i++) {
      for (let j = k + 1; j < n; j++) a[i * n + j] -= v[i] * p[j] + p[i] * v[j];
    }
  }
  for (let k = Math.max(0, n - 2); k < n; k++) diagonal[k] = a[k * n + k];
  if (n >= 2) offDiagonal[n - 1] = a[(n - 1) * n + n - 2];
}

/** Whether the tridiagonal matrix minus `shift` has a negative pivot. */
function hasEigenvalueBelow(diagonal: Float64Array, offDiagonal: Float64Array, n: number, shift: number): boolean {
  let pivot = 1;
  for (let i = 0; i < n; i++) {
    pivot = diagonal[i] - shift - (i > 0 ? (offDiagonal[i] * offDiagonal[i]) / pivot : 0);
    if (!(pivot > 0)) return true;
  }
  return false;
}
