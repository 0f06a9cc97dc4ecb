import { expect, test } from 'vitest';
import { InputError } from '../../../src/base/input-error.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';

const file = (dpo: string, rest: object = {}): object => ({
  kind: 'expression',
  variables: ['x', 'y'],
  objectives: { dpo, sft: 'x^2 + y^2' },
  radius: 2,
  start: [0.1, 0.2],
  ...rest,
});

test.each(['x', 'x^2 + y^2', 'exp(x) + exp(-y)', 'log(1 + exp(-x)) + y^4', 'sqrt(1 + x^2) + 3 y', 'x^2 + x*y + y^2'])(
  '%s is convex',
  async (text) => {
    const problem = await parseProblem(file(text));
    expect(problem.conditionalOnConvexity).toBe(true);
  },
);

test.each(['-x^2', 'x*y', 'sin(x)', 'log(5 + x)', 'x^3', 'x^2 - 1.01 y^2', 'exp(-x^2)', 'x^2 + 2.1 x*y + y^2'])(
  '%s is refused with a chord that proves it',
  async (text) => {
    const refusal = await parseProblem(file(text)).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(InputError);
    const { message } = refusal as InputError;
    const found =
      /^objectives\.dpo: got ".*", expected a convex function; on the chord from \((.*)\) to \((.*)\) its value in the middle, (.*), lies above (.*)$/.exec(
        message,
      );
    if (found === null) throw new Error(message);
    const [x, y] = [found[1], found[2]].map((point) => point.split(', ').map(Number));
    // The chord shown, rounded to 6 digits, must itself break convexity.
    const { parseArithmetic } = await import('../../../src/convex/expression/arithmetic.js');
    const f = (point: number[]): number => parseArithmetic('f', text, ['x', 'y']).evaluate(point);
    const middle = f(x.map((entry, i) => (entry + y[i]) / 2));
    expect(middle).toBeGreaterThan((f(x) + f(y)) / 2);
    expect(Number(found[3])).toBeCloseTo(middle, 4);
    expect(Math.hypot(...x)).toBeLessThanOrEqual(2.00001);
  },
);

test('a modulus is checked too, and stands in for the radius', async () => {
  const modulus = (dpo: number): object => ({ radius: undefined, strongConvexity: { dpo, sft: 2 } });
  const problem = await parseProblem(JSON.parse(JSON.stringify(file('x^2 + 2 y^2', modulus(2)))));
  expect(problem.radius).toBe(Infinity);
  expect(problem.objectives.dpo.constants.strongConvexity).toBe(2);
  await expect(parseProblem(JSON.parse(JSON.stringify(file('x^2 + 2 y^2', modulus(2.1)))))).rejects.toThrow(
    'a convex function with modulus 2.1; on the chord',
  );
});

test.each([
  ['-log(x)', 'a finite value on the domain'],
  ['1/x', 'a finite value on the domain|a convex function'],
  ['import("fs")', 'arithmetic on x, y, pi, e without the function import'],
  ['x.constructor', 'arithmetic on x, y, pi, e without'],
  ['x + z', 'without the name z'],
  ['x +', 'an expression'],
  ['max(x, y)', 'differentiable expression|without'],
])('%s is refused', async (text, message) => {
  await expect(parseProblem(file(text))).rejects.toThrow(new RegExp(`^objectives\\.dpo: .*(${message})`));
});
