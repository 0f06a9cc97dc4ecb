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

test.each([
  ['x^3', 12],
  ['x*y', 3],
  ['exp(2*x)', 2 * Math.exp(4)],
  ['log(1 + exp(-x))', -1 / (1 + Math.exp(2))],
  ['sqrt(x^2 + y^2)', 2 / Math.sqrt(13)],
  ['sin(x*y)', 3 * Math.cos(6)],
  ['y', 0],
  ['tanh(x)', 1 / Math.cosh(2) ** 2],
])('the derivative of %s with respect to x', (text, value) => {
  expect(parseArithmetic('f', text, ['x', 'y']).derivative('x').evaluate([2, 3])).toBeCloseTo(value, 13);
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

test('what has no symbolic derivative is refused by name', () => {
  expect(() => parseArithmetic('f', 'max(x, 1)', ['x']).derivative('x')).toThrow('f: got "max(x, 1)"');
});

test('a variable may shadow a constant', () => {
  expect(parseArithmetic('f', 'e + 1', ['e']).evaluate([5])).toBe(6);
});

test('TeX and text are of the expression', () => {
  const stepSize = parseArithmetic('f', '0.5/sqrt(T)', ['T']);
  expect(stepSize.text).toBe('0.5 / sqrt(T)');
  expect(stepSize.tex()).toContain('\\sqrt');
});
