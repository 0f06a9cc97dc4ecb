import { expect, test } from 'vitest';
import { InputError } from '../../../src/base/input-error.js';
import type { Problem } from '../../../src/convex/problem/problem.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';

const file = (dpo: string, rest: object = {}): object => ({
  kind: 'expression',
  variables: ['x', 'y'],
  objectives: { dpo, sft: 'x^2 + y^2' },
  radius: 2,
  start: [0.1, 0.2],
  ...rest,
});

test.each([
  'x',
  'x^2 + y^2',
  'exp(x) + exp(-y)',
  'log(1 + exp(-x)) + y^4',
  '-log(1/(1 + exp(x - y)))',
  'sqrt(1 + x^2) + 3 y',
  'sqrt(1 + exp(x) + 2*(x - y)^2)',
  'x^2 + 1.99*x*y + y^2',
  'max(x, y, 2 - x)',
  'x > y ? x : y',
  '-min(x, 1 - y)',
  '(x^2)^1.5 + 3*x',
  'cbrt(x - y)^4',
  'sqrt((x - 1)^2)',
  '(x-1)*(x-1)',
  'abs(x - 0.3) + 2*abs(y)',
  'max(0, abs(x) - 1)^2',
  'norm(x, y) + norm([x - 1, y], 1) + norm([x, y], Infinity)',
  'huber(x - y) + hinge(2*x) + softplus(y) + logsumexp(x, y, 0)',
  'exp(x^2) + cosh(y)',
  '-log(5 + x - y) - sqrt(5 + x)',
  '(x - y)^2 / (5 + x)',
  '1 / (5 - x^2)',
  '(x + 4)*log(x + 4)',
  '2^x + 0.5^(-y)',
  'log(cosh(x))',
  '1e17 + x^2',
  '1e-17*(x - 1e9)^2',
  '-cos(x/4)',
  '(x + 2.5)^3',
  '(x + 4)^(x + 4)',
  'x <= 3 ? x^2 : 0',
])('%s is proved to be convex', async (text) => {
  const { convexity, conditionalOnConvexity } = await parseProblem(file(text));
  expect([convexity, conditionalOnConvexity]).toEqual(['proved', false]);
});

test.each(['abs(x) < 1 ? x^2/2 : abs(x) - 1/2', '(x > 0)*x', 'x^4 + 2*x^2*y^2 + y^4'])(
  '%s is convex, which only sampling says',
  async (text) => {
    expect((await parseProblem(file(text))).convexity).toBe('sampled');
  },
);

test.each([
  '-x^2',
  'x*y',
  'sin(x)',
  'log(5 + x)',
  'x^3',
  'x^2 - 1.01 y^2',
  'exp(-x^2)',
  'x^2 + 2.1 x*y + y^2',
  'sqrt(abs(x))',
])('%s is refused with a chord that proves it', async (text) => {
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
});

test.each([
  '1e13 + cos(x)',
  '1e17 + cos(x)',
  '1e17 - x^2',
  '1e17 + x*y',
  '-1e20 + x^3',
  'cos(x) + 1e15*y',
  '3*x^2 + 1e17 + sin(9*x)',
])('no constant that is added hides that %s is not convex', async (text) => {
  await expect(parseProblem(file(text))).rejects.toThrow(
    /expected a convex function; on the chord from \(.*\) to \(.*\) /,
  );
});

test('names of variables are of any script, and are the same however they are composed', async () => {
  const named = (variables: string[], dpo: string): Promise<Problem> =>
    parseProblem({ ...file(dpo), variables, objectives: { dpo, sft: dpo } });
  const { objectives } = await named(['θ', 'φ_1'], 'θ^2 + (φ_1 - θ)^2');
  expect(objectives.dpo.value(Float64Array.of(1, 3))).toBe(5);
  await expect(named(['\u00e9', 'e\u0301'], '\u00e9^2')).rejects.toThrow('every name once');
  await expect(named(['x+', 'y'], 'y')).rejects.toThrow('variables[0]: got "x+"');
});

test('a modulus is checked too, stands in for the radius, and is proved with the convexity', async () => {
  const modulus = (dpo: number): object => ({ radius: undefined, strongConvexity: { dpo, sft: 2 } });
  const parsed = (text: string, dpo: number): Promise<Problem> =>
    parseProblem(JSON.parse(JSON.stringify(file(text, modulus(dpo)))));
  const problem = await parsed('x^2 + 2 y^2', 2);
  expect([problem.radius, problem.objectives.dpo.constants.strongConvexity, problem.convexity]).toEqual([
    Infinity,
    2,
    'proved',
  ]);
  await expect(parsed('x^2 + 2 y^2', 2.1)).rejects.toThrow('a convex function with modulus 2.1; on the chord');
  await expect(parsed('1e17 + x^2 + 2 y^2', 2.1)).rejects.toThrow('a convex function with modulus 2.1; on the chord');
  expect((await parsed('log(1 + exp(x)) + x^2/10 + y^2 + abs(y)', 0.2)).convexity).toBe('proved');
  // The sum of exponentials is 1-strongly convex on R only because both are there.
  expect((await parsed('exp(x) + exp(-x) + y^2', 2)).convexity).toBe('sampled');
});

test.each([
  ['-log(x)', 'a finite value on the domain'],
  ['1/x', 'a finite value on the domain|a convex function'],
  ['import("fs")', 'arithmetic on x, y, pi, e without the function import'],
  ['x.constructor', 'arithmetic on x, y, pi, e without'],
  ['x + z', 'without the name z'],
  ['x +', 'an expression'],
  ['x^2 + cbrt(x - 0.1)', 'gradient at the start'],
])('%s is refused', async (text, message) => {
  await expect(parseProblem(file(text))).rejects.toThrow(new RegExp(`^objectives\\.dpo: .*(${message})`));
});
