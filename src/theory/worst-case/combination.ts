import type { SparseSymmetric } from '../../sdp/semidefinite-programme.js';

/** A vector as coefficients over the Gram matrix's basis; what is beyond its length is 0. */
export type Combination = readonly number[];

/** a + factor · b. */
export function plus(a: Combination, b: Combination, factor: number): Combination {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + factor * (b[i] ?? 0));
}

/** a − b. */
export function difference(a: Combination, b: Combination): Combination {
  return plus(a, b, -1);
}

/** factor · a. */
export function scaled(a: Combination, factor: number): Combination {
  return a.map((value) => (value === 0 ? 0 : factor * value));
}

/** factor · (u vᵀ + v uᵀ)/2, whose inner product with the Gram matrix is factor · ⟨u, v⟩. */
export function product(u: Combination, v: Combination, factor: number): SparseSymmetric {
  const rows: number[] = [];
  const columns: number[] = [];
  const values: number[] = [];
  const size = Math.max(u.length, v.length);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const value = factor * 0.5 * ((u[i] ?? 0) * (v[j] ?? 0) + (u[j] ?? 0) * (v[i] ?? 0));
      if (value === 0) continue;
      rows.push(i);
      columns.push(j);
      values.push(value);
    }
  }
  return { rows, columns, values };
}
