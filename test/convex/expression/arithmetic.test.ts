import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/input-error.js';
import { parseArithmetic } from '../../../src/convex/expression/arithmetic.js';

const at = (text: string, x = 2, y = 3): number => parseArithmetic('f', text, ['x', 'y']).evaluate([x, y]);

test.each([
  ['7', 7],
  ['x', 2],
  ['-x', -2],
  ['+x', 2],
  ['x + y * 2', 8],
  ['(x + y) * 2', 10],
  ['x - y - 1', -2],
  ['x / y / 2', 1 / 3],
  ['2 ^ 3 ^ 2', 512],
  ['-x ^ 2', -4],
  ['2 x y', 12],
  ['1e-3', 1e-3],
  ['pi', Math.PI],
  ['e^x', Math.E ** 2],
  ['exp(x)', Math.exp(2)],
  ['log(x)', Math.log(2)],
  ['log1p(x)', Math.log1p(2)],
  ['sqrt(x) + cbrt(8)', Math.SQRT2 + 2],
  ['abs(-x)', 2],
  ['sin(x)^2 + cos(x)^2', 1],
  ['tanh(x)', Math.tanh(2)],
  ['square(x) + cube(y)', 31],
  ['pow(x, y)', 8],
  ['min(x, y, -1)', -1],
  ['max(x, y)', 3],
  ['x < y', 1],
  ['x >= y', 0],
  ['x > y ? 10 : 20', 20],
  ['x <= 2 ? x : y', 2],
])('%s', (text, value) => {
  expect(at(text)).toBeCloseTo(value, 14);
});

describe('nothing outside the expression is reached', () => {
  test.each([
    'import("fs")',
    'import({a: 1})',
    'x.constructor',
    'x["constructor"]',
    'constructor',
    '__proto__',
    'toString()',
    'hasOwnProperty("a")',
    'evaluate("1")',
    'parse("1")',
    'createUnit("foo")',
    'simplify("x")',
    'derivative("x^2", "x")',
    'f(t) = t',
    'x = 5',
    'x; y',
    '[x, y]',
    '{a: x}',
    '"text"',
    'true',
    'i',
    'z',
    'Infinity',
    'NaN',
    '1e999',
    'random()',
    'config({})',
    '3 cm',
    "x'",
    'x!',
    'sin',
    'sin()',
    'sin(x, y)',
    'pow(x)',
    'min()',
    'cos.constructor("return process")()',
    'x:y',
    'x to y',
  ])('%s', (text) => {
    expect(() => parseArithmetic('f', text, ['x', 'y'])).toThrow(InputError);
    expect(() => parseArithmetic('f', text, ['x', 'y'])).toThrow(`f: got ${JSON.stringify(text)}`);
  });
});

test.each(['', '   ', 'x +', '(x', 'x )', '1..2', '* x'])('%j is no expression', (text) => {
  expect(() => parseArithmetic('f', text, ['x'])).toThrow(InputError);
});

test('a variable may shadow a constant', () => {
  expect(parseArithmetic('f', 'e + 1', ['e']).evaluate([5])).toBe(6);
});

test('TeX is of the expression as it is written', () => {
  expect(parseArithmetic('f', '0.5/sqrt(T)', ['T']).tex()).toBe('\\frac{0.5}{\\sqrt{\\mathrm{T}}}');
});

test.each([
  ['log(1 + exp(x))', 0],
  ['log(exp(x) + 1)', 0],
  ['log1p(exp(x))', 0],
  ['log(1 + e^x)', 0],
  ['x - log(1/(1 + exp(-x)))', 0],
  ['-log(1/(1 + exp(x)))', 0],
  ['log((1 + exp(x))^2) / 2', 0],
  ['log(sqrt(exp(2*x) + 2*exp(x) + 1))', 0],
  ['log2(1 + exp(x)) * log(2)', 0],
  ['log(1 + exp(x), 10) * log(10)', 0],
  ['softplus(x)', 0],
  ['logsumexp(0, x)', 0],
  ['logsumexp([x, 0])', 0],
  ['log(2 * cosh(x/2)) + x/2', 0],
])('%s does not overflow', (text) => {
  const f = parseArithmetic('f', text, ['x']);
  const gradient = new Float64Array(1);
  for (const x of [-800, -40, -1, 0, 1, 40, 800]) {
    const exact = x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
    const value = f.gradient([x], gradient);
    const shift = text.startsWith('x - ') ? x : 0;
    const expected = text.startsWith('x - ') ? x + Math.log1p(Math.exp(-Math.abs(x))) + Math.max(0, -x) : exact;
    expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected), Math.abs(shift)));
    const slope = text.startsWith('x - ') ? 1 - 1 / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
    expect(gradient[0]).toBeCloseTo(slope, 12);
  }
});

test.each([
  ['norm(x, y)', Math.hypot(2, 3)],
  ['norm([x, y])', Math.hypot(2, 3)],
  ['norm([x, -y], 1)', 5],
  ['norm([x, -y], Infinity)', 3],
  ['hypot(x, y, 6)', 7],
  ['max([x, y, 1])', 3],
  ['sum(x, y, 1)', 6],
  ['huber(x)', 1.5],
  ['huber(x/4)', 0.125],
  ['huber(x, 3)', 2],
  ['hinge(-x)', 3],
  ['pos(-x)', 0],
  ['0 < x < y', 1],
  ['expm1(x)', Math.expm1(2)],
  ['log2(8) + log10(100) + log(8, 2)', 8],
  ['sign(-x) * floor(2.5)', -2],
])('%s is %d', (text, value) => {
  expect(at(text)).toBeCloseTo(value, 14);
});

test('names need not be ASCII, and are compared as readers see them', () => {
  expect(parseArithmetic('f', '2 θ + é', ['θ', 'e\u0301']).evaluate([3, 4])).toBe(10);
});

describe('refusals are one line of what was written', () => {
  test.each([
    ['[x, y]', 'without a list'],
    ['x = 5', 'without an assignment'],
    ['x; y', 'without several expressions'],
    ['"a\nb"', 'without text'],
    ['x.y', 'without a property'],
    ['max(x, {a: 1})', 'without an object'],
    ['huber(x, y)', 'without a threshold of huber that is not a positive number'],
    ['norm([x, y], 3)', 'without a norm other than 1, 2 and Infinity'],
    ['sin(x, y)', 'without 2 arguments of sin'],
    ['x +\n', 'an expression (Unexpected end of expression (char 5))'],
    ['('.repeat(200) + 'x' + ')'.repeat(200), 'parentheses nested at most 100 deep'],
    ['x^'.repeat(20_000) + 'x', 'an expression nested less deeply'],
    ['x+'.repeat(60_000) + 'x', 'at most 100000 characters'],
    ['x+'.repeat(30_000) + 'x', 'at most 20000 numbers, names and operations'],
  ])('%#', (text, expected) => {
    const refused = (() => {
      try {
        parseArithmetic('f', text, ['x', 'y']);
      } catch (error) {
        return (error as Error).message;
      }
      return 'accepted';
    })();
    expect(refused).toContain(expected);
    expect(refused).not.toMatch(/\n|Node/);
    expect(refused.length).toBeLessThan(250);
  });
});
