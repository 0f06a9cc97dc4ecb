import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseArithmetic } from '../../../src/convex/expression/arithmetic.js';

const leaf = fc.constantFrom('x', 'y', '1', '(-2)', '0.5', '(x - y)', '(2*x + 1)', '(3 - y)');
const unary = [
  ...['exp', 'abs', 'square', 'cube', 'sqrt', 'cbrt', 'log', 'softplus', 'huber', 'hinge', 'pos', '-', 'cosh', 'log1p'],
  ...['sinh', 'tanh', 'sin', 'cos', 'expm1', 'atan', 'asin', 'sign', 'log2'],
];
const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    fc.tuple(fc.constantFrom(...unary), tie('tree')).map(([name, a]) => `${name}(${a})`),
    fc
      .tuple(fc.constantFrom('^2', '^3', '^(-1)', '^0.5', '^1.5', '^(-2)', '/2', '*(-3)'), tie('tree'))
      .map(([p, a]) => `(${a})${p}`),
    fc
      .tuple(
        fc.constantFrom('+', '-', '*', '/', 'max', 'min', 'hypot', 'logsumexp', '^', '>'),
        tie('tree'),
        tie('tree'),
      )
      .map(([name, a, b]) => {
        if (name === '>') return `(${a} > ${b} ? ${a} : ${b})`;
        return '+-*/^'.includes(name) ? `(${a}) ${name} (${b})` : `${name}(${a}, ${b})`;
      }),
  ),
}));

test('what the rules prove to be convex or concave never fails on chords', () => {
  const coordinate = fc.double({ min: -2, max: 2, noNaN: true, noDefaultInfinity: true });
  const proved = { convex: 0, concave: 0 };
  const box = [
    { low: -2, high: 2 },
    { low: -2, high: 2 },
  ];
  fc.assert(
    fc.property(tree, fc.array(fc.tuple(coordinate, coordinate), { minLength: 12, maxLength: 12 }), (text, points) => {
      const f = parseArithmetic('f', text, ['x', 'y']);
      const { convex, concave } = f.curvature(box);
      if (!convex && !concave) return;
      proved.convex += Number(convex && !concave);
      proved.concave += Number(concave && !convex);
      for (let k = 0; k + 1 < points.length; k += 2) {
        const [p, q] = [points[k], points[k + 1]];
        const middle = p.map((entry, i) => (entry + q[i]) / 2);
        const at = (point: number[]): { low: number; high: number } =>
          f.enclose.value(point.map((entry) => ({ low: entry - 1e-15, high: entry + 1e-15 })));
        const [left, right, between] = [at(p), at(q), at(middle)];
        // The rules only promise something where the values are defined; proved functions are, all over the box.
        expect(Number.isNaN(f.evaluate(p))).toBe(false);
        if (convex) expect(between.low <= (left.high + right.high) / 2).toBe(true);
        if (concave) expect(between.high >= (left.low + right.low) / 2).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
  // The property is not empty.
  expect(Math.min(proved.convex, proved.concave)).toBeGreaterThan(40);
});

test.each([
  ['x', true, true],
  ['3*x - y/2 + 1', true, true],
  ['x*y', false, false],
  ['x^3', false, false],
  ['sqrt(x + 3)', false, true],
  ['min(x, y)', false, true],
  ['exp(-x^2)', false, false],
  ['exp(sqrt(x + 3))', false, false],
  ['-(x - y)^2', false, true],
  ['log(x + 3)', false, true],
  ['log(x)', false, false],
  ['sqrt(x)', false, false],
  ['1/x', false, false],
  ['1/(x + 3)', true, false],
  ['1/(x - 3)', false, true],
  ['(x - y)^2/(y + 3)', true, false],
  ['(x - y)^2/y', false, false],
  ['abs(x)^0.5', false, false],
  ['max(x, -x) - abs(y)', false, false],
  ['square(square(x) - 1)', false, false],
  ['square(abs(x) + 1)', true, false],
  ['2^(-x)', true, false],
  ['-2^(x^2)', false, true],
  ['x > 3 ? -x^2 : x^2', true, false],
  ['hypot(x^2, exp(y))', true, false],
  ['hypot(x^2 - 1, 1)', false, false],
  ['sin(x)', false, false],
  ['sin((x + 2)/2)', false, true],
])('%s: convex %s, concave %s', (text, convex, concave) => {
  const box = [
    { low: -2, high: 2 },
    { low: -2, high: 2 },
  ];
  expect(parseArithmetic('f', text, ['x', 'y']).curvature(box)).toEqual({ convex, concave });
});

test('time is linear in the expression', () => {
  const nested = 'x^x^x^x^x^x^x^x';
  const product = Array.from({ length: 1500 }, (_, i) => `(x + ${i})`).join('*');
  const sum = Array.from({ length: 3000 }, (_, i) => `exp(x/${i + 1})`).join('+');
  // Processor time: waiting for other work does not count. Derivatives written out would take minutes.
  const before = process.cpuUsage();
  for (const text of [nested, product, sum]) {
    const f = parseArithmetic('f', text, ['x']);
    f.hessian([1.1], new Float64Array(1));
    f.enclose.hessian([{ low: 1, high: 2 }]);
    f.curvature([{ low: 1, high: 2 }]);
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(10);
});
