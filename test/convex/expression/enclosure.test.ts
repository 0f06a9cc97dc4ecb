import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseArithmetic } from '../../../src/convex/expression/arithmetic.js';

const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
const interval = fc.tuple(coordinate, coordinate).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));

test.each([
  '(x-1)^2 + y^2',
  'log(1+exp(-x)) + x^2/10',
  'sqrt(1 + (x+1)^2 + 2*y^2)',
  'x*y - abs(x)/(1+square(y)) + cube(x)',
  '(1+x^2)^(-2) + tanh(y) - cosh(x)*sin(y)',
  'x > y ? x : exp(y)',
  '(x+4)^1.5 - x^(-1)',
])('%s lies in its enclosure, and so do its derivatives', (text) => {
  const expression = parseArithmetic('f', text, ['x', 'y']);
  const functions =
    text.includes('>') || text.includes('abs') ? [expression] : [expression, expression.derivative('x')];
  fc.assert(
    fc.property(interval, interval, fc.double({ min: 0, max: 1, noNaN: true }), (x, y, at) => {
      const point = [x, y].map(({ low, high }) => low + at * (high - low));
      for (const f of functions) {
        const [value, { low, high }] = [f.evaluate(point), f.enclose([x, y])];
        const slack = 1e-9 * Math.max(1, Math.abs(value));
        if (Number.isFinite(value)) expect(value >= low - slack && value <= high + slack).toBe(true);
      }
    }),
  );
});

test('an enclosure is no wider than the range where every variable occurs once', () => {
  const expression = parseArithmetic('f', '(x-1)^2 + exp(-y)', ['x', 'y']);
  const { low, high } = expression.enclose([
    { low: -1, high: 3 },
    { low: 0, high: 1 },
  ]);
  expect(low).toBeCloseTo(Math.exp(-1), 14);
  expect(high).toBeCloseTo(5, 14);
});
