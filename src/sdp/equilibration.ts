import type { PrimalDualPoint } from './primal-dual-point.js';
import type { Constraint, SemidefiniteProgramme, SparseSymmetric } from './semidefinite-programme.js';

/** An equilibrated programme and the way back. */
export interface Equilibration {
  readonly programme: SemidefiniteProgramme;
  /** A point of the given programme in the equilibrated one's units. */
  scalePoint(point: PrimalDualPoint): PrimalDualPoint;
  /** A point of the equilibrated programme in the given one's units. */
  unscalePoint(point: PrimalDualPoint): PrimalDualPoint;
  objectiveInGivenUnits(value: number): number;
}

/**
 * Equilibrates a semidefinite programme: G = D G' D, f = E f', each row times a factor and the bounds and the objective
 * divided by their own scales, all powers of two, so that nothing is rounded.
 *
 * The factors make the logarithms of the entries' sizes small in the least-squares sense, by alternation (Curtis and
 * Reid 1972): unlike a largest entry of 1, this sees the imbalance within a row through rows that any factor suits.
 */
export function equilibrate(given: SemidefiniteProgramme): Equilibration {
  const { order: n, free, constraints, objective } = given;
  const m = constraints.length;
  // Logarithms to base 2 of the factors; row m is the objective.
  const [d, e, r] = [new Float64Array(n), new Float64Array(free), new Float64Array(m + 1)];
  const rows = [...constraints, objective];
  for (let round = 0; round < 12; round++) {
    const [sumOfBasis, countOfBasis] = [new Float64Array(n), new Float64Array(n)];
    const [sumOfFree, countOfFree] = [new Float64Array(free), new Float64Array(free)];
    rows.forEach(({ matrix, free: vector }, k) => {
      const sizes = [
        ...matrix.values.map((value, index) => logarithm(value) + d[matrix.rows[index]] + d[matrix.columns[index]]),
        ...vector.values.map((value, index) => logarithm(value) + e[vector.indices[index]]),
      ];
      if (sizes.length === 0) return;
      // What is negligible beside the row's largest entry, rounding residue for one, has no say.
      const least = Math.max(...sizes) - 30;
      const counted = sizes.filter((size) => size > least);
      r[k] = -counted.reduce((sum, size) => sum + size, 0) / counted.length;
      matrix.values.forEach((_, index) => {
        if (!(sizes[index] > least)) return;
        for (const i of [matrix.rows[index], matrix.columns[index]]) {
          sumOfBasis[i] += sizes[index] + r[k];
          countOfBasis[i] += 2;
        }
      });
      vector.values.forEach((_, index) => {
        const size = sizes[matrix.values.length + index];
        if (!(size > least)) return;
        sumOfFree[vector.indices[index]] += size + r[k];
        countOfFree[vector.indices[index]]++;
      });
    });
    for (let i = 0; i < n; i++) if (countOfBasis[i] > 0) d[i] -= sumOfBasis[i] / countOfBasis[i];
    for (let j = 0; j < free; j++) if (countOfFree[j] > 0) e[j] -= sumOfFree[j] / countOfFree[j];
  }
  for (const logarithms of [d, e, r])
    logarithms.forEach((value, index) => (logarithms[index] = 2 ** Math.round(value)));
  const primalScale = powerOfTwo(Math.max(1e-300, ...constraints.map(({ bound }, k) => Math.abs(bound) * r[k])) || 1);
  const scaleMatrix = (matrix: SparseSymmetric, factor: number): SparseSymmetric => ({
    rows: matrix.rows,
    columns: matrix.columns,
    values: matrix.values.map((value, index) => value * factor * d[matrix.rows[index]] * d[matrix.columns[index]]),
  });
  const largestCost = Math.max(
    1e-300,
    ...scaleMatrix(objective.matrix, 1).values.map(Math.abs),
    ...objective.free.values.map((value, index) => Math.abs(value) * e[objective.free.indices[index]]),
  );
  const costScale = powerOfTwo(largestCost);
  const bounded = constraints.some(({ bound }) => bound !== 0) ? primalScale : 1;
  const programme: SemidefiniteProgramme = {
    order: n,
    free,
    objective: {
      matrix: scaleMatrix(objective.matrix, 1 / costScale),
      free: {
        indices: objective.free.indices,
        values: objective.free.values.map((value, index) => (value * e[objective.free.indices[index]]) / costScale),
      },
    },
    constraints: constraints.map(({ matrix, free: vector, bound, sense }, k): Constraint => ({
      matrix: scaleMatrix(matrix, r[k]),
      free: {
        indices: vector.indices,
        values: vector.values.map((value, index) => value * r[k] * e[vector.indices[index]]),
      },
      bound: (bound * r[k]) / bounded,
      sense,
    })),
  };
  const congruence = (matrix: Float64Array, factor: number, power: 1 | -1): Float64Array =>
    matrix.map((value, index) => {
      const product = d[Math.floor(index / n)] * d[index % n];
      return value * factor * (power === 1 ? product : 1 / product);
    });
  return {
    programme,
    scalePoint: (point) => ({
      gram: congruence(point.gram, 1 / bounded, -1),
      free: point.free.map((value, j) => value / (bounded * e[j])),
      slack: point.slack.map((value, k) => (value * r[k]) / bounded),
      multipliers: point.multipliers.map((value, k) => value / (r[k] * costScale)),
      dual: congruence(point.dual, 1 / costScale, 1),
    }),
    unscalePoint: (point) => ({
      gram: congruence(point.gram, bounded, 1),
      free: point.free.map((value, j) => value * bounded * e[j]),
      slack: point.slack.map((value, k) => (value * bounded) / r[k]),
      multipliers: point.multipliers.map((value, k) => value * r[k] * costScale),
      dual: congruence(point.dual, costScale, -1),
    }),
    objectiveInGivenUnits: (value) => value * bounded * costScale,
  };
}

/** log₂|x|; of 0, a number so low that the entry counts for nothing. */
function logarithm(x: number): number {
  return x === 0 ? -1e6 : Math.log2(Math.abs(x));
}

function powerOfTwo(value: number): number {
  return 2 ** Math.round(Math.log2(value));
}
