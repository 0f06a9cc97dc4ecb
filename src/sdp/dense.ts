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
