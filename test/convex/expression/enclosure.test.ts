import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseArithmetic } from '../../../src/convex/expression/arithmetic.js';
import { add, down, multiply, point, up, type Interval } from '../../../src/convex/expression/interval.js';

const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
const interval = fc.tuple(coordinate, coordinate).map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));

function expectInside(value: number, { low, high }: Interval): void {
  if (!Number.isFinite(value)) return;
  // The value itself is rounded, the enclosure is of what it stands for.
  const slack = 1e-11 * Math.max(1, Math.abs(value));
  expect(value >= low - slack && value <= high + slack).toBe(true);
}

test.each([
  '(x-1)^2 + y^2',
  'log(1+exp(-x)) + x^2/10',
  'sqrt(1 + (x+1)^2 + 2*y^2)',
  'x*y - abs(x)/(1+square(y)) + cube(x)',
  '(1+x^2)^(-2) + tanh(y) - cosh(x)*sin(y)',
  'x > y ? x : exp(y)',
  'x > y ? x^2 : exp(y)',
  '(x+4)^1.5 - x^(-1)',
  'cbrt(x)^4 + cbrt(y) + (x^2)^1.5',
  'max(x, y, x^2) - min(x*y, 1) + norm(x, y) + hypot(x, 1)',
  'huber(x, 0.5) + hinge(x*y) + softplus(3*y) + logsumexp(x, y, 0)',
  'tan(x/4) + atan(y) + asin(x/4) - acos(y/4) + sinh(x) + cos(3*x)',
  '(x + 4)^y + 2^x + log(x + 4, 3) + log1p(y + 3) + log2(x + 5) + expm1(x)',
  'sec(x/4) + coth(y + 4) + atan2(x, y + 4) + sech(x)',
  'atan2(x, y)',
  'sign(x)*x + (x > 0)*x + floor(y) + mod(x, 2) + (x < 0 or y < 0)',
])('%s lies in its enclosure, and so do its derivatives', (text) => {
  const expression = parseArithmetic('f', text, ['x', 'y']);
  const [gradient, hessian] = [new Float64Array(2), new Float64Array(4)];
  fc.assert(
    fc.property(interval, interval, fc.double({ min: 0, max: 1, noNaN: true }), (x, y, at) => {
      const theta = [x, y].map(({ low, high }) => Math.min(high, Math.max(low, low + at * (high - low))));
      const { enclose } = expression;
      const value = expression.gradient(theta, gradient);
      expression.hessian(theta, hessian);
      expectInside(value, enclose.value([x, y]));
      const [gradients, hessians] = [enclose.gradient([x, y]), enclose.hessian([x, y])];
      gradient.forEach((entry, i) => {
        expectInside(entry, gradients[i]);
      });
      hessian.forEach((entry, i) => {
        expectInside(entry, hessians[i]);
      });
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['x^(-1)', -1, 0, -Infinity, -1],
  ['x^(-3)', -2, -0, -Infinity, -0.125],
  ['-x^(-1)', -1, 0, 1, Infinity],
  ['x^(-1)', 0, 2, 0.5, Infinity],
  ['x^(-2)', -2, 0, 0.25, Infinity],
])('%s on [%d, %d] reaches from %d to %d', (text, low, high, least, most) => {
  const found = parseArithmetic('f', text, ['x']).enclose.value([{ low, high }]);
  expect(found.low).toSatisfy((end: number) => end === least || Math.abs(end - least) < 1e-14);
  expect(found.high).toSatisfy((end: number) => end === most || Math.abs(end - most) < 1e-14);
});

test('an enclosure is no wider than the range where every variable occurs once', () => {
  const expression = parseArithmetic('f', '(x-1)^2 + exp(-y)', ['x', 'y']);
  const { low, high } = expression.enclose.value([
    { low: -1, high: 3 },
    { low: 0, high: 1 },
  ]);
  expect(low).toBeCloseTo(Math.exp(-1), 14);
  expect(high).toBeCloseTo(5, 14);
});

test('ends are rounded outwards: exact sums and products of doubles lie inside', () => {
  // Whole numbers scaled by a power of two are compared as such.
  const double = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const exact = (x: number): bigint => BigInt(Math.round(x * 2 ** 30));
  fc.assert(
    fc.property(double, double, (p, q) => {
      const [a, b] = [Math.round(p * 2 ** 30) / 2 ** 30, Math.round(q * 2 ** 30) / 2 ** 30];
      const [sum, product] = [add(point(a), point(b)), multiply(point(a), point(b))];
      expect(exact(sum.low) <= exact(a) + exact(b) && exact(sum.high) >= exact(a) + exact(b)).toBe(true);
      // With 2⁶⁰ more, ends of this size are whole numbers.
      const scaled = (x: number): bigint => BigInt(x * 2 ** 60) << 60n;
      const exactProduct = (exact(a) * exact(b)) << 60n;
      if (Math.abs(product.low) > 1) {
        expect(scaled(product.low) <= exactProduct && scaled(product.high) >= exactProduct).toBe(true);
      }
    }),
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (x) => {
      if (Number.isFinite(x)) expect(down(x) < x && up(x) > x).toBe(true);
    }),
  );
});

test('the slope of a kink has no Lipschitz constant', () => {
  for (const text of ['abs(x)', 'max(x, 0)', 'hinge(x)', 'x > 0 ? 2*x : x', 'norm(x, 0)', 'cbrt(x)^4']) {
    const [bend] = parseArithmetic('f', text, ['x']).enclose.hessian([{ low: -1, high: 1 }]);
    expect(bend.high).toBe(Infinity);
  }
});

// Exact values of what is written, numbers taken as the doubles nearest to them.
test.each([
  ['1e16*(0.1 + 0.2 - 0.3)', 0.27755575615628914],
  ['(1e-12)^(2/3)', 1e-8],
  ['1e10*(sqrt(2) - 1.4142135623730951)', -9.667293313452914e-7],
  ['1e10*(pi - 3.141592653589793)', 1.2246467991473532e-6],
  ['1e10*(log2(8) - 3)', 0],
  ['1e8*((-3)^3 + 27)', 0],
])('what constants are rounded to is in the enclosure: %s', (text, exact) => {
  const { enclose } = parseArithmetic('f', `x + ${text}`, ['x']);
  const { low, high } = enclose.value([point(0)]);
  expect(low).toBeLessThanOrEqual(exact);
  expect(high).toBeGreaterThanOrEqual(exact);
  expect(high - low).toBeLessThan(4);
});

test('constants that nothing was rounded of are exact, and of those whose function is not enclosed nothing is known', () => {
  const of = (text: string): Interval => parseArithmetic('f', text, ['x']).enclose.value([point(0)]);
  expect(of('2*3 + 10^2 - 6/4 + (-2)^3 + x')).toEqual(point(96.5));
  const { low, high } = of('tan((1e18)^(1/3)) + x');
  expect([low, high].map((end) => Math.abs(end))).toEqual([Infinity, Infinity]);
});
