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
