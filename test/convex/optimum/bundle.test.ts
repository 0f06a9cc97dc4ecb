import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minimizeChebyshev } from '../../../src/convex/optimum/chebyshev.js';
import { idealPoint, minimizeWeightedSum } from '../../../src/convex/optimum/weighted-sum.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import type { Problem } from '../../../src/convex/problem/problem.js';

function pair(dpo: string, sft: string, start: number[], rest: object = { radius: 5 }): Promise<Problem> {
  const variables = ['x', 'y', 'z', 'u', 'v'].slice(0, start.length);
  return parseProblem({ kind: 'expression', variables, objectives: { dpo, sft }, start, ...rest });
}

const golden = (Math.sqrt(5) - 1) / 2;

test.each([
  ['abs(x)', [1], 0],
  ['abs(x + 0.3)', [2], 0],
  ['abs(x - 1) + 0.1*x^2', [2], 0.1],
  ['cbrt(x)^4', [1], 0],
  ['(x^2)^1.5 + 3*x', [-5], -2],
  ['(x^2)^0.75', [3], 0],
  ['max(x, -2*x, 1 - x)', [3], 0.5],
  ['max(0, abs(x) - 1)^2 + max(0, x - 2)', [4], 0],
  ['max(exp(x), exp(-2*x))', [2], 1],
  ['abs(x) + 2*abs(y - 0.5)', [1, 1], 0],
  ['max(x^2 + y^2, (x - 2)^2 + y^2)', [3, 2], 1],
  ['norm(x - 1, y) + norm(x + 1, y)', [2, 3], 2],
  ['norm(x, y) + (x - 3)^2/2 + y^2/2', [-1, 3], 2.5],
  ['norm([x - 1, y + 2], Infinity) + norm([x, y], 1)/4', [3, 3], 0.75],
  ['abs(x - 9) + abs(y)', [1, 1], 4],
  ['norm(x - 6, y - 8)', [0, 1], 5],
  ['max(abs(x), abs(y), abs(z), abs(u), abs(v)) + 0.01*norm(x - 1, y, z, u, v)', [3, 1, -2, 1, 0.5], 0.01],
  ['abs(x - y) + abs(y - z) + abs(x + y + z - 3)', [1, -2, 3], 0],
  ['max(x, y, z) + (x^2 + y^2 + z^2)/2', [2, -1, 0], -1 / 6],
  ['1e6*abs(x - 0.1) + x', [1], 0.1],
  ['abs(x^2 + 3*x + 3 - abs(x)/4)', [2], undefined],
] as const)('%s from %j has the certified minimum %d', async (text, start, minimum) => {
  if (minimum === undefined) {
    await expect(pair(text, `(${text}) + 1`, [...start])).rejects.toThrow('convex');
    return;
  }
  const problem = await pair(text, `(${text}) + 1`, [...start]);
  const { value, certificate } = minimizeWeightedSum(problem, 1);
  const scale = Math.max(1, Math.abs(minimum));
  expect(Math.abs(value - minimum)).toBeLessThanOrEqual(1e-9 * scale);
  expect(value - minimum).toBeLessThanOrEqual(certificate + 1e-15 * scale);
  // Where the function is flat to the rounding of its values, they tell no gradient below the root of that.
  expect(certificate).toBeLessThan(1e-7 * scale);
});

test('on R^d with a modulus, and the Chebyshev scalarization of two kinks', async () => {
  const moduli = { strongConvexity: { dpo: 2, sft: 2 } };
  const { value, certificate } = minimizeWeightedSum(await pair('x^2 + abs(x - 1)', 'x^2 + 3*abs(x)', [7], moduli), 1);
  expect(value).toBeCloseTo(0.75, 12);
  expect(certificate).toBeLessThan(1e-12);
  const problem = await pair('abs(x + 1)', 'x^2 + abs(x - 1)', [3]);
  const ideal = idealPoint(problem);
  expect(ideal.sft.value).toBeCloseTo(0.75, 12);
  // λ(x + 1) = (1 − λ)(x² + 1 − x − ¾) at λ = ½: x² − 2x − ¾ = 0.
  const max = minimizeChebyshev(problem, 0.5, ideal);
  expect(max.value).toBeCloseTo((2 - Math.sqrt(7) / 2) / 2, 10);
  expect(max.certificate).toBeLessThan(1e-9);
});

test.each([
  ['(x^2 + 1e13) - 1e13', 0],
  ['(abs(x - 0.3) + 1e12) - 1e12', 0],
  ['1e8*(max(x, -x)/3 + 1e5) - 1e13', 0],
  ['exp(x/10)*1e10 - 1e9*x', 1e10],
])('the certificate of %s counts what rounding took from its value', async (text, minimum) => {
  const problem = await pair(text, 'x^2', [2]);
  const { value, certificate } = minimizeWeightedSum(problem, 1);
  expect(Math.abs(value - minimum)).toBeLessThanOrEqual(certificate);
  expect(certificate).toBeLessThan(0.1);
});

test('a certificate holds at every point of the ball', async () => {
  const problem = await pair(
    'norm(x - 1, y) + norm(x + 1, y - 1) + 2*abs(x + y) + hinge(x)',
    'max(x, y, x^2 - y) + norm([x - 2, y], 1)',
    [1, 2],
    { radius: 3 },
  );
  const lambdas = [0, 0.2, golden, 1];
  const found = lambdas.map((lambda) => minimizeWeightedSum(problem, lambda));
  for (const { certificate } of found) expect(certificate).toBeLessThan(1e-7);
  const angle = fc.double({ min: 0, max: 2 * Math.PI, noNaN: true });
  fc.assert(
    fc.property(angle, fc.double({ min: 0, max: 3, noNaN: true }), (direction, length) => {
      const theta = Float64Array.of(length * Math.cos(direction), length * Math.sin(direction));
      const { dpo, sft } = problem.objectives;
      found.forEach(({ lambda, value, certificate }) => {
        const here = lambda * dpo.value(theta) + (1 - lambda) * sft.value(theta);
        expect(value - here).toBeLessThanOrEqual(certificate + 1e-14);
      });
    }),
    { numRuns: 2000 },
  );
});
