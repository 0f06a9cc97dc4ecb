// Matrices and vectors on row-major typed arrays, for the interior point method's inner loop.

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

/** A ← Aᵀ, n × n row-major. */
export function transpose(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = a[i * n + j];
      a[i * n + j] = a[j * n + i];
      a[j * n + i] = value;
    }
  }
}
