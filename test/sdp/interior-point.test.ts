import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/base/random-stream.js';
import { schedules } from '../../src/schedule/index.js';
import { solveSemidefinite } from '../../src/sdp/interior-point.js';
import { openLoopPlan } from '../../src/theory/worst-case/plan.js';
import { estimationProgramme } from '../../src/theory/worst-case/programme.js';
import {
  zeroVector,
  type Constraint,
  type SemidefiniteProgramme,
  type SparseSymmetric,
} from '../../src/sdp/semidefinite-programme.js';
import { csdpInstalled, csdpValue } from './csdp.js';

function dense(n: number, entry: (i: number, j: number) => number): SparseSymmetric {
  const rows: number[] = [];
  const columns: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      if (entry(i, j) === 0) continue;
      rows.push(i);
      columns.push(j);
      values.push(entry(i, j));
    }
  }
  return { rows, columns, values };
}

const identity = (n: number): SparseSymmetric => dense(n, (i, j) => (i === j ? 1 : 0));
const entryOf = (i: number, j: number): SparseSymmetric => ({
  rows: [Math.max(i, j)],
  columns: [Math.min(i, j)],
  values: [1],
});
const equal = (matrix: SparseSymmetric, bound: number): Constraint => ({
  matrix,
  free: zeroVector,
  bound,
  sense: 'equal',
});

function programme(order: number, objective: SparseSymmetric, constraints: Constraint[]): SemidefiniteProgramme {
  return { order, free: 0, objective: { matrix: objective, free: zeroVector }, constraints };
}

/** max ⟨C, X⟩ with tr X = 1: the largest eigenvalue of C. */
function largestEigenvalue(c: SparseSymmetric, n: number): SemidefiniteProgramme {
  return programme(n, c, [equal(identity(n), 1)]);
}

/** Lovász's ϑ of a graph: max ⟨J, X⟩ with tr X = 1 and X_ij = 0 on the edges. */
function lovasz(n: number, edges: readonly (readonly [number, number])[]): SemidefiniteProgramme {
  return programme(
    n,
    dense(n, () => 1),
    [equal(identity(n), 1), ...edges.map(([i, j]) => equal(entryOf(i, j), 0))],
  );
}

/** Goemans and Williamson's bound: max ¼⟨Laplacian, X⟩ with X_ii = 1. */
function maximumCut(n: number, edges: readonly (readonly [number, number])[]): SemidefiniteProgramme {
  const degree = (i: number): number => edges.filter((edge) => edge.includes(i)).length;
  const joined = (i: number, j: number): boolean =>
    edges.some(([a, b]) => (a === i && b === j) || (a === j && b === i));
  const laplacian = dense(n, (i, j) => (i === j ? degree(i) / 4 : joined(i, j) ? -1 / 4 : 0));
  return programme(
    n,
    laplacian,
    Array.from({ length: n }, (_, i) => equal(entryOf(i, i), 1)),
  );
}

const cycle = (n: number): [number, number][] => Array.from({ length: n }, (_, i) => [i, (i + 1) % n]);
const complete = (n: number): [number, number][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: i }, (__, j): [number, number] => [i, j])).flat();
const petersen: [number, number][] = [
  ...cycle(5),
  ...Array.from({ length: 5 }, (_, i): [number, number] => [i, i + 5]),
  ...Array.from({ length: 5 }, (_, i): [number, number] => [5 + i, 5 + ((i + 2) % 5)]),
];

function randomSymmetric(n: number, seed: number): Matrix {
  const { normal } = stream(seed, 'symmetric');
  const b = Matrix.from1DArray(
    n,
    n,
    Float64Array.from({ length: n * n }, () => normal()),
  );
  return b.add(b.transpose());
}

/** An estimation programme: inequalities, free variables and all. */
function alrightProgramme(steps: number): SemidefiniteProgramme {
  const { alright } = schedules;
  const stepSizes = new Float64Array(steps).fill(1 / Math.sqrt(steps));
  const plan = openLoopPlan(alright, alright.init({ lambda: 0.3, steps }), 0.3, stepSizes, 'last');
  return estimationProgramme(plan, 0.3, { kind: 'lipschitz', lipschitz: 1 }, 1, { kind: 'weighted', lambda: 0.3 }, 1e-8)
    .programme;
}

function solvedTo(given: SemidefiniteProgramme, expected: number): void {
  const result = solveSemidefinite(given);
  expect(result.status).toBe('solved');
  expect(Math.abs(result.primalObjective / expected - 1)).toBeLessThan(3e-8);
  expect(Math.abs(result.dualObjective / expected - 1)).toBeLessThan(3e-8);
}

describe('programmes with closed forms', () => {
  it.each([2, 5, 12])('largest eigenvalue of a random matrix of order %i', (n) => {
    const c = randomSymmetric(n, n);
    const expected = Math.max(...new EigenvalueDecomposition(c, { assumeSymmetric: true }).realEigenvalues);
    solvedTo(
      largestEigenvalue(
        dense(n, (i, j) => c.get(i, j)),
        n,
      ),
      expected,
    );
  });

  it('Lovász numbers: √5 of the pentagon, cos-formula of odd cycles, 4 of the Petersen graph', () => {
    solvedTo(lovasz(5, cycle(5)), Math.sqrt(5));
    solvedTo(lovasz(7, cycle(7)), (7 * Math.cos(Math.PI / 7)) / (1 + Math.cos(Math.PI / 7)));
    solvedTo(lovasz(10, petersen), 4);
  });

  it('maximum cut bounds: n (1 + cos(π/n))/2 of odd cycles, n²/4 of complete graphs', () => {
    solvedTo(maximumCut(5, cycle(5)), (5 * (1 + Math.cos(Math.PI / 5))) / 2);
    solvedTo(maximumCut(9, cycle(9)), (9 * (1 + Math.cos(Math.PI / 9))) / 2);
    solvedTo(maximumCut(6, complete(6)), 9);
  });

  it('inequalities and a free variable: the least upper bound of two traces', () => {
    // max f with f ≤ ⟨A, X⟩, f ≤ ⟨B, X⟩, tr X ≤ 1, A = diag(1, 0), B = diag(0, 3): f = 3/4.
    const below = (i: number, value: number): Constraint => ({
      matrix: { rows: [i], columns: [i], values: [-value] },
      free: { indices: [0], values: [1] },
      bound: 0,
      sense: 'at most',
    });
    solvedTo(
      {
        order: 2,
        free: 1,
        objective: { matrix: { rows: [], columns: [], values: [] }, free: { indices: [0], values: [1] } },
        constraints: [below(0, 1), below(1, 3), { matrix: identity(2), free: zeroVector, bound: 1, sense: 'at most' }],
      },
      0.75,
    );
  });
});

describe('equilibration', () => {
  it('solves a programme whose units differ by twelve orders of magnitude', () => {
    const { order, free, objective, constraints } = lovasz(7, cycle(7));
    const unit = (i: number): number => 10 ** ((i % 3) * 2 - 2);
    const scaled = ({ rows, columns, values }: SparseSymmetric, factor: number): SparseSymmetric => ({
      rows,
      columns,
      values: values.map((value, e) => value * factor * unit(rows[e]) * unit(columns[e])),
    });
    solvedTo(
      {
        order,
        free,
        objective: { matrix: scaled(objective.matrix, 1e4), free: zeroVector },
        constraints: constraints.map(({ matrix, bound, ...rest }, k) => ({
          ...rest,
          matrix: scaled(matrix, 10 ** ((k % 5) - 2)),
          bound: bound * 10 ** ((k % 5) - 2),
        })),
      },
      (1e4 * 7 * Math.cos(Math.PI / 7)) / (1 + Math.cos(Math.PI / 7)),
    );
  });
});

describe('warm start', () => {
  it('reaches the same value in fewer iterations when the data change a little', () => {
    const given = alrightProgramme(2);
    const cold = solveSemidefinite(given);
    const moved: SemidefiniteProgramme = {
      ...given,
      constraints: given.constraints.map((constraint, k) => (k === 0 ? { ...constraint, bound: 1.01 } : constraint)),
    };
    const again = solveSemidefinite(moved);
    const warm = solveSemidefinite(moved, { start: cold.warmStart });
    expect(warm.status).toBe('solved');
    expect(warm.primalObjective).toBeCloseTo(again.primalObjective, 7);
    expect(warm.primalObjective).toBeGreaterThan(cold.primalObjective + 1e-4);
    expect(warm.iterations).toBeLessThan(again.iterations);
  });
});

describe('programmes that have no solution', () => {
  it('are not called solved', () => {
    // X_11 = −1 has no positive semidefinite solution; without a bound on the trace, the objective has none either.
    expect(solveSemidefinite(programme(2, identity(2), [equal(entryOf(0, 0), -1)])).status).toBe('stalled');
    expect(solveSemidefinite(programme(2, identity(2), [equal(entryOf(0, 0), 1)])).status).toBe('stalled');
  });
});

const required = process.env.CI === 'true';
describe.skipIf(!csdpInstalled && !required)('against CSDP (Debian package coinor-csdp)', () => {
  it('is installed', () => {
    expect(csdpInstalled).toBe(true);
  });

  it.each([
    ['Lovász number of the Petersen graph', lovasz(10, petersen)],
    ['maximum cut of a cycle with chords', maximumCut(8, [...cycle(8), [0, 4], [1, 3], [2, 6]])],
    ['worst case of ALRIGHT, 2 steps, last point', alrightProgramme(2)],
  ])('%s', (_, given) => {
    const expected = csdpValue(given);
    const { status, primalObjective, dualObjective } = solveSemidefinite(given);
    expect(status).toBe('solved');
    expect(Math.abs(primalObjective / expected - 1)).toBeLessThan(1e-6);
    expect(Math.abs(dualObjective / expected - 1)).toBeLessThan(1e-6);
  });
});
