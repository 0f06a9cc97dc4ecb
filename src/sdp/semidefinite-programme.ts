/** The lower triangle (row ≥ column) of a sparse symmetric matrix, each entry once. */
export interface SparseSymmetric {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly values: readonly number[];
}

/** A sparse vector, each index once. */
export interface SparseVector {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** ⟨matrix, G⟩ + freeᵀf ≤ bound ("at most"), or = bound ("equal"). */
export interface Constraint {
  readonly matrix: SparseSymmetric;
  readonly free: SparseVector;
  readonly bound: number;
  readonly sense: 'at most' | 'equal';
}

/**
 * maximise ⟨C, G⟩ + cᵀf over symmetric positive semidefinite G of the given order and free f, under linear constraints.
 *
 * Its dual: minimise bᵀy with y_k ≥ 0 for each "at most", Σ y_k a_k = c and Z = Σ y_k A_k − C positive semidefinite.
 */
export interface SemidefiniteProgramme {
  /** Rows of G. */
  readonly order: number;
  /** Entries of f. */
  readonly free: number;
  readonly objective: { readonly matrix: SparseSymmetric; readonly free: SparseVector };
  readonly constraints: readonly Constraint[];
}

/** The sparse matrix without entries. */
export const zeroMatrix: SparseSymmetric = { rows: [], columns: [], values: [] };
/** The sparse vector without entries. */
export const zeroVector: SparseVector = { indices: [], values: [] };

/** The sum of at least one sparse symmetric matrix, zeros left out. */
export function sumOf(matrices: readonly SparseSymmetric[]): SparseSymmetric {
  if (matrices.length === 1) return matrices[0];
  const entries = new Map<string, [number, number, number]>();
  for (const { rows, columns, values } of matrices) {
    values.forEach((value, e) => {
      const key = `${rows[e]},${columns[e]}`;
      entries.set(key, [rows[e], columns[e], (entries.get(key)?.[2] ?? 0) + value]);
    });
  }
  const kept = [...entries.values()].filter(([, , value]) => value !== 0);
  return {
    rows: kept.map(([row]) => row),
    columns: kept.map(([, column]) => column),
    values: kept.map(([, , value]) => value),
  };
}

/** The sparse vector of (index, value) entries, repeated indices summed, zeros left out. */
export function sparseVector(entries: readonly (readonly [number, number])[]): SparseVector {
  const sums = new Map<number, number>();
  for (const [index, value] of entries) sums.set(index, (sums.get(index) ?? 0) + value);
  const kept = [...sums].filter(([, value]) => value !== 0);
  return { indices: kept.map(([index]) => index), values: kept.map(([, value]) => value) };
}

/** ⟨A, G⟩ of a sparse symmetric A and a dense symmetric G (order n, row-major). */
export function innerProduct(a: SparseSymmetric, g: Float64Array, n: number): number {
  let sum = 0;
  for (let e = 0; e < a.values.length; e++) {
    const product = a.values[e] * g[a.rows[e] * n + a.columns[e]];
    sum += a.rows[e] === a.columns[e] ? product : 2 * product;
  }
  return sum;
}

/** aᵀf of a sparse a. */
export function dot(a: SparseVector, f: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < a.values.length; e++) sum += a.values[e] * f[a.indices[e]];
  return sum;
}
