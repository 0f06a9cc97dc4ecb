import type { SemidefiniteProgramme } from './semidefinite-programme.js';

/** The programme as flat arrays. */
export interface FlatProgramme {
  readonly n: number;
  readonly m: number;
  readonly free: number;
  readonly pointer: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
  /** row · n + column. */
  readonly place: Int32Array;
  readonly value: Float64Array;
  readonly freePointer: Int32Array;
  readonly freeIndex: Int32Array;
  readonly freeValue: Float64Array;
  readonly bound: Float64Array;
  /** 1 for "at most", 0 for "equal". */
  readonly inequality: Uint8Array;
  readonly cost: Float64Array;
  readonly objectiveFree: Float64Array;
}

/** Flattens a programme. */
export function flatten(programme: SemidefiniteProgramme): FlatProgramme {
  const { order: n, free, constraints, objective } = programme;
  const m = constraints.length;
  const pointer = new Int32Array(m + 1);
  const freePointer = new Int32Array(m + 1);
  constraints.forEach((constraint, k) => {
    pointer[k + 1] = pointer[k] + constraint.matrix.values.length;
    freePointer[k + 1] = freePointer[k] + constraint.free.values.length;
  });
  const cost = new Float64Array(n * n);
  const { rows, columns, values } = objective.matrix;
  values.forEach((value, e) => {
    cost[rows[e] * n + columns[e]] = value;
    cost[columns[e] * n + rows[e]] = value;
  });
  const objectiveFree = new Float64Array(free);
  objective.free.values.forEach((value, e) => (objectiveFree[objective.free.indices[e]] = value));
  const row = Int32Array.from(constraints.flatMap((constraint) => constraint.matrix.rows));
  const column = Int32Array.from(constraints.flatMap((constraint) => constraint.matrix.columns));
  return {
    n,
    m,
    free,
    pointer,
    row,
    column,
    place: row.map((i, e) => i * n + column[e]),
    value: Float64Array.from(constraints.flatMap((constraint) => constraint.matrix.values)),
    freePointer,
    freeIndex: Int32Array.from(constraints.flatMap((constraint) => constraint.free.indices)),
    freeValue: Float64Array.from(constraints.flatMap((constraint) => constraint.free.values)),
    bound: Float64Array.from(constraints.map((constraint) => constraint.bound)),
    inequality: Uint8Array.from(constraints.map((constraint) => (constraint.sense === 'at most' ? 1 : 0))),
    cost,
    objectiveFree,
  };
}

/** result_k = ⟨A_k, X⟩ for a symmetric X. */
export function apply(flat: FlatProgramme, x: Float64Array, result: Float64Array): void {
  const { n, m, pointer, row, column, value } = flat;
  for (let k = 0; k < m; k++) {
    let sum = 0;
    for (let e = pointer[k]; e < pointer[k + 1]; e++) {
      const product = value[e] * x[row[e] * n + column[e]];
      sum += row[e] === column[e] ? product : 2 * product;
    }
    result[k] = sum;
  }
}

/** result = Σ y_k A_k, symmetric and dense. */
export function adjoint(flat: FlatProgramme, y: Float64Array, result: Float64Array): void {
  const { n, m, pointer, row, column, value } = flat;
  result.fill(0);
  for (let k = 0; k < m; k++) {
    for (let e = pointer[k]; e < pointer[k + 1]; e++) result[row[e] * n + column[e]] += y[k] * value[e];
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) result[j * n + i] = result[i * n + j];
}

/** result_k += sign · a_kᵀ f. */
export function addFree(flat: FlatProgramme, f: Float64Array, result: Float64Array, sign: number): void {
  const { m, freePointer, freeIndex, freeValue } = flat;
  for (let k = 0; k < m; k++) {
    for (let e = freePointer[k]; e < freePointer[k + 1]; e++) result[k] += sign * freeValue[e] * f[freeIndex[e]];
  }
}

/** result += sign · Σ y_k a_k. */
export function freeAdjoint(flat: FlatProgramme, y: Float64Array, result: Float64Array, sign: number): void {
  const { m, freePointer, freeIndex, freeValue } = flat;
  for (let k = 0; k < m; k++) {
    for (let e = freePointer[k]; e < freePointer[k + 1]; e++) result[freeIndex[e]] += sign * y[k] * freeValue[e];
  }
}

/** The lower triangle of M_kl = ⟨A_k, G A_l Z⁻¹⟩, which is symmetric. */
export function schurComplement(
  flat: FlatProgramme,
  gram: Float64Array,
  dualInverse: Float64Array,
  product: Float64Array,
  u: Float64Array,
  schur: Float64Array,
): void {
  const { n, m, pointer, row, column, place, value } = flat;
  const touched = new Int32Array(n);
  const isTouched = new Uint8Array(n);
  for (let l = 0; l < m; l++) {
    // The rows of A_l Z⁻¹ that are not zero.
    let count = 0;
    const touch = (i: number): void => {
      if (isTouched[i] === 1) return;
      isTouched[i] = 1;
      touched[count++] = i;
      product.fill(0, i * n, i * n + n);
    };
    for (let e = pointer[l]; e < pointer[l + 1]; e++) {
      const p = row[e];
      const q = column[e];
      touch(p);
      for (let j = 0; j < n; j++) product[p * n + j] += value[e] * dualInverse[q * n + j];
      if (p === q) continue;
      touch(q);
      for (let j = 0; j < n; j++) product[q * n + j] += value[e] * dualInverse[p * n + j];
    }
    u.fill(0);
    for (let t = 0; t < count; t++) {
      const p = touched[t];
      isTouched[p] = 0;
      for (let i = 0; i < n; i++) {
        const factor = gram[i * n + p];
        for (let j = 0; j < n; j++) u[i * n + j] += factor * product[p * n + j];
      }
    }
    // ⟨A_k, U⟩ takes U_ij and U_ji together, which are added once for all k.
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) u[i * n + j] += u[j * n + i];
    for (let k = l; k < m; k++) {
      let sum = 0;
      for (let e = pointer[k]; e < pointer[k + 1]; e++) sum += value[e] * u[place[e]];
      schur[k * m + l] = sum;
    }
  }
}
