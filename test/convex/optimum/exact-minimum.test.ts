import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minimizeWeightedSum } from '../../../src/convex/optimum/weighted-sum.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';
import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';

// Exact arithmetic that shares nothing with the certificates: integers over powers of two, and determinants.

/** integer · 2^−places. */
type Binary = readonly [integer: bigint, places: number];

/** A double as integer · 2^−places. */
function exact(x: number): Binary {
  let [integer, places] = [x, 0];
  while (!Number.isInteger(integer)) [integer, places] = [integer * 2, places + 1];
  return [BigInt(integer), places];
}

function add([a, p]: Binary, [b, q]: Binary): Binary {
  const places = Math.max(p, q);
  return [(a << BigInt(places - p)) + (b << BigInt(places - q)), places];
}

const multiply = ([a, p]: Binary, [b, q]: Binary): Binary => [a * b, p + q];
const negative = ([a, p]: Binary): Binary => [-a, p];

type Quadratic = Extract<ProblemFile, { kind: 'quadratic' }>;

/** A, b and c of F_λ = ½ θᵀAθ − bᵀθ + c. */
function system({ objectives }: Quadratic, lambda: number) {
  const weights = { dpo: exact(lambda), sft: add([1n, 0], negative(exact(lambda))) };
  const n = objectives.dpo.minimizer.length;
  const matrix = Array.from({ length: n }, () => new Array<Binary>(n).fill([0n, 0]));
  const right = new Array<Binary>(n).fill([0n, 0]);
  let constant: Binary = [0n, 0];
  for (const name of ['dpo', 'sft'] as const) {
    const { hessian, minimizer } = objectives[name];
    const centre = minimizer.map(exact);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const entry = multiply(weights[name], exact(hessian[i][j]));
        matrix[i][j] = add(matrix[i][j], entry);
        const product = multiply(entry, centre[j]);
        right[i] = add(right[i], product);
        constant = add(constant, multiply(multiply(product, centre[i]), [1n, 1]));
      }
    }
  }
  return { matrix, right, constant };
}

/** The numerator and denominator of bᵀx at a solution x of Ax = b, by fraction-free Gauss–Jordan elimination. */
function formOfSolution(matrix: bigint[][], right: bigint[]): [bigint, bigint] {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const pivots: number[] = [];
  let previous = 1n;
  for (let column = 0; column < n; column++) {
    const found = rows.findIndex((row, i) => i >= pivots.length && row[column] !== 0n);
    if (found < 0) continue;
    const at = pivots.length;
    [rows[at], rows[found]] = [rows[found], rows[at]];
    const pivot = rows[at][column];
    rows.forEach((row, i) => {
      if (i === at) return;
      const factor = row[column];
      rows[i] = row.map((entry, j) => (pivot * entry - factor * rows[at][j]) / previous);
    });
    previous = pivot;
    pivots.push(column);
  }
  return [pivots.reduce((sum, column, i) => sum + right[column] * rows[i][n], 0n), previous];
}

/** Whether value − min F_λ on R^d ≤ certificate: value − c + ½ bᵀA⁻¹b ≤ certificate. */
function isBelow(file: Quadratic, lambda: number, value: number, certificate: number): boolean {
  const { matrix, right, constant } = system(file, lambda);
  const places = Math.max(...matrix.flat().map(([, p]) => p), ...right.map(([, p]) => p));
  const whole = ([a, p]: Binary): bigint => a << BigInt(places - p);
  const [numerator, denominator] = formOfSolution(
    matrix.map((row) => row.map(whole)),
    right.map(whole),
  );
  // certificate − value + c − ½ · (numerator / denominator) · 2^−places, times 2 · denominator · a power of two.
  const [rest, restPlaces] = add(add(exact(certificate), negative(exact(value))), constant);
  const shift = Math.max(places, restPlaces);
  const left = 2n * (rest << BigInt(shift - restPlaces)) * denominator - (numerator << BigInt(shift - places));
  return denominator > 0n ? left >= 0n : left <= 0n;
}

/** value − minimum ≤ certificate for the doubles as printed. */
async function holds(file: Quadratic, lambda: number): Promise<{ value: number; certificate: number }> {
  const problem = await parseProblem(file);
  const { value, certificate } = minimizeWeightedSum(problem, lambda);
  expect(certificate).toBeGreaterThanOrEqual(0);
  if (certificate < Infinity) expect(isBelow(file, lambda, value, certificate)).toBe(true);
  return { value, certificate };
}

const weights = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.integer({ min: 1, max: 15 }).map((power) => 10 ** -power),
  fc.constantFrom(0, 1, 0.5, 1 - 2 ** -50),
);

test('the exact minimum of random quadratics lies at or above value − certificate, up to condition 1e14', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 6 }),
      fc.tuple(fc.double({ min: 0, max: 14, noNaN: true }), fc.double({ min: 0, max: 14, noNaN: true })),
      fc.constantFrom(1e-3, 1, 2, 1e6),
      fc.integer({ min: 0, max: 1e6 }),
      weights,
      async (dimension, [dpo, sft], distance, seed, lambda) => {
        const file = quadratic({ dimension, condition: { dpo: 10 ** dpo, sft: 10 ** sft }, distance, seed });
        if (file.kind !== 'quadratic') throw new TypeError('expected a quadratic');
        const { value, certificate } = await holds(file, lambda);
        // It is not only right but sharp: rounding the minimiser to doubles costs no more.
        expect(certificate).toBeLessThanOrEqual(1e-13 * Math.max(distance ** 2, value));
      },
    ),
    { numRuns: 150 },
  );
});

test('singular Hessians of whole numbers, of any rank, are decided and certified exactly', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }).chain((dimension) => {
        const vector = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: dimension, maxLength: dimension });
        const objective = fc.record({ factors: fc.array(vector, { maxLength: dimension }), minimizer: vector });
        return fc.record({ dimension: fc.constant(dimension), dpo: objective, sft: objective });
      }),
      weights,
      async ({ dimension, ...drawn }, lambda) => {
        const objective = ({ factors, minimizer }: { factors: number[][]; minimizer: number[] }) => ({
          hessian: minimizer.map((_, i) => minimizer.map((__, j) => factors.reduce((sum, v) => sum + v[i] * v[j], 0))),
          minimizer: minimizer.map((entry) => entry / 3),
        });
        const file = {
          kind: 'quadratic' as const,
          objectives: { dpo: objective(drawn.dpo), sft: objective(drawn.sft) },
          start: new Array<number>(dimension).fill(0.1),
        };
        const { certificate } = await holds(file, lambda);
        expect(certificate).toBeLessThan(1e-9);
      },
    ),
    { numRuns: 150 },
  );
});

test.each([
  ['diagonal, to 1e-16', [1, 1e-8, 1e-16], [3, 1e4, 1e8]],
  ['far out', [1, 1e-15, 1e-15], [0, 1e9, -3e9]],
  ['near the smallest doubles', [1e-300, 1e-305, 1], [1, 2, 3]],
  ['near the largest sizes that are taken', [1e148, 1, 1e-3], [1, -2, 3]],
])('diagonal Hessians %s', async (_name, diagonal, minimizer) => {
  const hessian = diagonal.map((entry, i) => diagonal.map((_, j) => (i === j ? entry : 0)));
  const file = (other: number[]): Quadratic => ({
    kind: 'quadratic',
    objectives: { dpo: { hessian, minimizer }, sft: { hessian, minimizer: other } },
    start: [0, 0, 0],
  });
  for (const lambda of [0, 1e-15, 0.3, 1]) {
    const same = await holds(file(minimizer), lambda);
    expect(same.value).toBeLessThanOrEqual(same.certificate);
    await holds(file([1, 1, 1]), lambda);
  }
});

// On a ball the minimiser is a root of the secular equation: in fixed point, to 2^−500, it is feasible, and its value is an
// upper bound on the minimum that no certificate may miss.

const places = 500;
const fixed = (x: number): bigint => {
  const [integer, own] = exact(x);
  return integer << BigInt(places - own);
};
const times = (a: bigint, b: bigint): bigint => (a * b) >> BigInt(places);
const over = (a: bigint, b: bigint): bigint => (a << BigInt(places)) / b;
const inner = (a: bigint[], b: bigint[]): bigint => a.reduce((sum, entry, i) => sum + times(entry, b[i]), 0n);

/** x of (A + νI) x = b, A positive definite. */
function shiftedSolution(matrix: bigint[][], nu: bigint, right: bigint[]): bigint[] {
  const rows = matrix.map((row, i) => [...row.map((entry, j) => (i === j ? entry + nu : entry)), right[i]]);
  rows.forEach((pivot, at) => {
    rows.forEach((row, i) => {
      if (i === at) return;
      const factor = over(row[at], pivot[at]);
      for (let j = at; j < row.length; j++) row[j] -= times(factor, pivot[j]);
    });
  });
  return rows.map((row, i) => over(row[right.length], row[i]));
}

/** The value of F_λ at its minimiser over the ball, to 2^−400 or so above the minimum. */
function leastOnBall(file: Quadratic, lambda: number, radius: number): bigint {
  const weights = { dpo: fixed(lambda), sft: (1n << BigInt(places)) - fixed(lambda) };
  const parts = (['dpo', 'sft'] as const).map((name) => ({
    hessian: file.objectives[name].hessian.map((row) => row.map((entry) => times(weights[name], fixed(entry)))),
    centre: file.objectives[name].minimizer.map(fixed),
  }));
  const matrix = parts[0].hessian.map((row, i) => row.map((entry, j) => entry + parts[1].hessian[i][j]));
  const right = matrix.map((_, i) => parts.reduce((sum, { hessian, centre }) => sum + inner(hessian[i], centre), 0n));
  const squared = times(fixed(radius), fixed(radius));
  const isInside = (theta: bigint[]): boolean => inner(theta, theta) <= squared;
  let [low, high] = [
    0n,
    over(
      right.reduce((sum, entry) => sum + (entry < 0n ? -entry : entry), 1n),
      fixed(radius),
    ),
  ];
  let theta = shiftedSolution(matrix, 0n, right);
  if (!isInside(theta)) {
    for (let step = 0; step < 450; step++) {
      const nu = (low + high) >> 1n;
      if (isInside(shiftedSolution(matrix, nu, right))) high = nu;
      else low = nu;
    }
    theta = shiftedSolution(matrix, high, right);
  }
  expect(isInside(theta)).toBe(true);
  const values = parts.map(({ hessian, centre }) => {
    const apart = theta.map((entry, i) => entry - centre[i]);
    return (
      inner(
        apart.map((_, i) => inner(hessian[i], apart)),
        apart,
      ) >> 1n
    );
  });
  return values[0] + values[1];
}

test('on a ball too, up to condition 1e14, with the minimum inside and on the sphere', async () => {
  const power = fc.double({ min: 0, max: 14, noNaN: true });
  const seen = { inside: 0, sphere: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 4 }),
      fc.tuple(power, power),
      fc.constantFrom(0.05, 0.7, 3),
      fc.integer({ min: 0, max: 1e6 }),
      weights,
      async (dimension, [dpo, sft], radius, seed, lambda) => {
        const condition = { dpo: 10 ** dpo, sft: 10 ** sft };
        const file = quadratic({ dimension, condition, distance: 2, radius, seed });
        if (file.kind !== 'quadratic') throw new TypeError('expected a quadratic');
        const { value, certificate, minimizer } = minimizeWeightedSum(await parseProblem(file), lambda);
        seen[Math.hypot(...minimizer) < radius * (1 - 1e-9) ? 'inside' : 'sphere']++;
        expect(fixed(value) - leastOnBall(file, lambda, radius) <= fixed(certificate) + (1n << 120n)).toBe(true);
        expect(certificate).toBeLessThanOrEqual(1e-12 * Math.max(1, value));
      },
    ),
    { numRuns: 60 },
  );
  expect(Math.min(seen.inside, seen.sphere)).toBeGreaterThan(5);
});
