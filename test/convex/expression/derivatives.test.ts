import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseArithmetic } from '../../../src/convex/expression/arithmetic.js';
import math from '../../../src/convex/expression/mathjs.js';

function derivativesAt(text: string, at: number[]): { value: number; gradient: number[]; hessian: number[] } {
  const f = parseArithmetic('f', text, ['x', 'y'].slice(0, at.length));
  const [gradient, hessian] = [new Float64Array(at.length), new Float64Array(at.length ** 2)];
  const value = f.gradient(at, gradient);
  f.hessian(at, hessian);
  return { value, gradient: Array.from(gradient), hessian: Array.from(hessian) };
}

describe('closed forms', () => {
  const [s, c] = [Math.sin(2), Math.cos(2)];
  const sigma = 1 / (1 + Math.exp(-2));
  test.each([
    ['x^3', 12, 12],
    ['5', 0, 0],
    ['x*x', 4, 2],
    ['exp(2*x)', 2 * Math.exp(4), 4 * Math.exp(4)],
    ['e^x', Math.exp(2), Math.exp(2)],
    ['log(1 + exp(-x))', sigma - 1, sigma * (1 - sigma)],
    ['sqrt(x^2 + 9)', 2 / Math.sqrt(13), 9 / 13 ** 1.5],
    ['sin(x)', c, -s],
    ['cos(x)', -s, -c],
    ['tanh(x)', Math.cosh(2) ** -2, -2 * Math.tanh(2) * Math.cosh(2) ** -2],
    ['1/x', -0.25, 0.25],
    ['x^x', 4 * (1 + Math.LN2), 4 * (1 + Math.LN2) ** 2 + 2],
    ['log2(x)', 1 / (2 * Math.LN2), -1 / (4 * Math.LN2)],
    ['log10(x)', 1 / (2 * Math.LN10), -1 / (4 * Math.LN10)],
    ['log1p(x)', 1 / 3, -1 / 9],
    ['expm1(x)', Math.exp(2), Math.exp(2)],
    ['cbrt(x)', 2 ** (-2 / 3) / 3, (-2 / 9) * 2 ** (-5 / 3)],
    ['atan(x)', 1 / 5, -4 / 25],
    ['asin(x/4)', 1 / Math.sqrt(12), 2 / 12 ** 1.5],
    ['acos(x/4)', -1 / Math.sqrt(12), -2 / 12 ** 1.5],
    ['huber(x)', 1, 0],
    ['huber(x, 3)', 2, 1],
    ['hinge(-x)', 1, 0],
    ['norm(x, 3)', 2 / Math.sqrt(13), 9 / 13 ** 1.5],
    ['logsumexp(x, 0, 0)', Math.exp(2) / (2 + Math.exp(2)), (2 * Math.exp(2)) / (2 + Math.exp(2)) ** 2],
    ['x > 1 ? x^2 : 7', 4, 2],
    ['1e-17*(x-1e9)^2', 2e-17 * (2 - 1e9), 2e-17],
    ['1e-300*x^2', 4e-300, 2e-300],
  ])('%s at 2', (text, slope, bend) => {
    const { gradient, hessian } = derivativesAt(text, [2]);
    const close = (found: number, exact: number): void => {
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(1e-14 * Math.abs(exact));
    };
    close(gradient[0], slope);
    close(hessian[0], bend);
  });

  test('where mathjs simplifies wrongly: (x^2)^1.5 = |x|³ below 0', () => {
    expect(derivativesAt('(x^2)^1.5', [-2])).toEqual({ value: 8, gradient: [-12], hessian: [12] });
    expect(derivativesAt('(x^2)^1.5', [0])).toEqual({ value: 0, gradient: [0], hessian: [0] });
    expect(derivativesAt('sqrt((x-1)^2)', [-2]).gradient).toEqual([-1]);
  });
});

test.each([
  ['abs(x)', 0, 0],
  ['sqrt(x^2)', 0, 0],
  ['sqrt(x^2 - 2*x + 1)', 1, 0],
  ['norm(x)', 0, 0],
  ['norm(x, 0)', 0, 0],
  ['max(x, -x)', 0, 0],
  ['max(2*x, x)', 0, 1.5],
  ['pos(x)', 0, 0.5],
  ['hinge(x)', 1, -0.5],
  ['-min(x, 0)', 0, -0.5],
  ['x > 0 ? x : 0', 0, 0.5],
  ['x < 0 ? -x : x', 0, 0],
  ['x <= 1 ? 1 : x', 1, 0.5],
  ['sign(x)*x', 0, 0],
  ['sign(x)*abs(x)', 0, 1],
  ['cbrt(x)^4', 0, 0],
  ['cbrt(x)^3', 0, 1],
  ['cbrt(x)*cbrt(x)*cbrt(x)', 0, 1],
  ['abs(x)*sqrt(abs(x))', 0, 0],
  ['(x^2)^0.5 + 3*x', 0, 3],
  ['huber(abs(x))', 0, 0],
])('at its kink, %s at %d has the subgradient %d', (text, at, subgradient) => {
  expect(derivativesAt(text, [at]).gradient).toEqual([subgradient]);
});

test.each([
  'cbrt(x)',
  '-sqrt(abs(x))',
  'cbrt(x)*cbrt(2*x)*cbrt(x)',
  'sign(x) + x',
  'floor(x)',
  '(x > 0)*2*x + (x < 0)*x',
])('at 0, where %s has no subgradient that is known, it says so', (text) => {
  expect(derivativesAt(text, [0]).gradient[0]).not.toSatisfy(Number.isFinite);
});

test('a kink of what max does not choose does not matter', () => {
  expect(derivativesAt('max(cbrt(x), 1 + x)', [0]).gradient).toEqual([1]);
  expect(derivativesAt('x < 1 ? x^2 : sqrt(x - 1)', [0.5]).gradient).toEqual([1]);
});

describe('at a tie of a condition, the gradient is that of a branch that holds beside it', () => {
  test.each([
    ['x > 0 ? 2*x : (x < 0 ? x : 0)', [0], [[1], [2]]],
    ['x >= 0 ? (x <= 0 ? 0 : 2*x) : x', [0], [[1], [2]]],
    ['x == 0 ? 0 : (x > 0 ? 2*x : x)', [0], [[1], [2]]],
    ['x == 0 ? 0 : x^2 + x', [0], [[1]]],
    ['x != 1 ? (x - 1)^2 + x : 1', [1], [[1]]],
    ['not (x < 1 or x > 1) ? 1 : 3*x - 2', [1], [[3]]],
    ['x > 1 ? 3*x - 2 : (x < 1 ? (x < 0 ? 0 : x) : 1)', [1], [[1], [3]]],
    ['x > 1 ? 3*x - 2 : (x < 1 ? (x < 0 ? 0 : x) : 1)', [0], [[0], [0.5], [1]]],
    ['x >= 1 ? (x <= 1 ? 1 : 3*x - 2) : x', [1], [[1], [3]]],
    ['x > 2 ? 4*x : (x >= 2 ? (x == 2 ? 8 : 1/0) : 2*x + 4)', [2], [[2], [4]]],
    ['exp(x) > 1 ? 2*x : (x < 0 ? x : 0)', [0], [[1], [2]]],
    ['x + 1e10 > 1e10 ? 2*x : (x + 1e10 < 1e10 ? x : 0)', [0], [[1], [2]]],
    // Of a tie at the edge of the ball, the side inside.
    ['x <= 5 ? x^2 : -1e9*x', [5], [[10]]],
    ['x >= -5 ? x^2 : 1e9*x', [-5], [[-10]]],
    [
      'x + y > 0 ? 2*(x + y) : (x + y < 0 ? x + y : 0)',
      [1, -1],
      [
        [1, 1],
        [2, 2],
      ],
    ],
    [
      'x == y ? x : (x > y ? 2*x - y : y)',
      [1, 1],
      [
        [2, -1],
        [0, 1],
      ],
    ],
    ['x == 0 and y == 0 ? 0 : x + 2*y + x^2', [0, 0], [[1, 2]]],
    [
      'x^2 + y^2 > 1 ? 3*(x^2 + y^2) : (x^2 + y^2 < 1 ? x^2 + y^2 + 2 : 3)',
      [0.6, 0.8],
      [
        [1.2, 1.6],
        [3.6, 4.8],
      ],
    ],
  ])('%s at %j: one of %j', (text, at, gradients) => {
    const found = derivativesAt(text, at).gradient.map((entry) => Math.round(1e12 * entry) / 1e12);
    expect(gradients).toContainEqual(found);
    const { enclose } = parseArithmetic('f', text, ['x', 'y'].slice(0, at.length));
    const box = at.map((coordinate) => ({ low: coordinate, high: coordinate }));
    enclose.gradient(box).forEach(({ low, high }, i) => {
      expect(found[i]).toBeGreaterThanOrEqual(low - 1e-12);
      expect(found[i]).toBeLessThanOrEqual(high + 1e-12);
    });
  });

  test('the value stays that of the branch that holds, and a branch without a slope beside it is said to have none', () => {
    expect(derivativesAt('x == 0 ? 7 : 0*x', [0])).toMatchObject({ value: 7, gradient: [0] });
    expect(derivativesAt('x == 0 ? 1 : (exp(x) - 1)/x', [0]).gradient[0]).toBeNaN();
  });

  test('is a subgradient of convex piecewise linear functions, however their conditions are nested', () => {
    const breaks = fc.uniqueArray(fc.integer({ min: -4, max: 4 }), { minLength: 2, maxLength: 5 });
    const rises = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(breaks, rises, fc.array(fc.nat(99), { minLength: 6, maxLength: 6 }), (points, steps, order) => {
        const at = points.toSorted((a, b) => a - b);
        const slope = (k: number): number => -4 + steps.slice(0, k + 1).reduce((sum, step) => sum + step, 0);
        // Piece k lies between break k − 1 and break k; f is continuous, with f(at[0]) = 0.
        const level = [0];
        for (let k = 1; k < at.length; k++) level.push(level[k - 1] + slope(k) * (at[k] - at[k - 1]));
        const piece = (k: number): string =>
          k === 0 ? `${slope(0)}*(x - (${at[0]}))` : `${level[k - 1]} + ${slope(k)}*(x - (${at[k - 1]}))`;
        const written = (from: number, to: number): string => {
          if (from === to) return piece(from);
          const k = from + (order[from] % (to - from));
          const [below, above] = [written(from, k), written(k + 1, to)];
          const b = `(${at[k]})`;
          return [
            `(x < ${b} ? ${below} : (x > ${b} ? ${above} : ${level[k]}))`,
            `(x == ${b} ? ${level[k]} : (x >= ${b} ? ${above} : ${below}))`,
            `(x <= ${b} ? (x >= ${b} ? ${level[k]} : ${below}) : ${above})`,
          ][order[to] % 3];
        };
        const f = parseArithmetic('f', written(0, at.length), ['x']);
        const gradient = new Float64Array(1);
        for (const theta of at) {
          const value = f.gradient([theta], gradient);
          for (let y = -6; y <= 6; y += 0.5) {
            expect(f.evaluate([y])).toBeGreaterThanOrEqual(value + gradient[0] * (y - theta));
          }
        }
      }),
    );
  });
});

describe('against central differences in high precision', () => {
  const precise = math.create({});
  precise.config({ number: 'BigNumber', precision: 90 });
  const leaf = fc.constantFrom('x', 'y', '2', '0.3', '(x - y)', '(0.5*x + 1)');
  const unary = [
    'exp',
    'sin',
    'cos',
    'tanh',
    'atan',
    'abs',
    'cbrt',
    'square',
    'cube',
    'sinh',
    'cosh',
    '-',
    'log1p',
    'expm1',
  ];
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.tuple(fc.constantFrom(...unary), tie('tree')).map(([name, a]) => {
        // What grows or is not defined everywhere is taken of what is bounded, or positive.
        if (['exp', 'sinh', 'cosh', 'expm1', 'cube'].includes(name)) return `${name}(sin(${a}))`;
        return name === 'log1p' ? `log1p((${a})^2)` : `${name}(${a})`;
      }),
      fc
        .tuple(fc.constantFrom('+', '-', '*', '/', 'max', 'min', 'hypot', '^', 'lse', '?'), tie('tree'), tie('tree'))
        .map(([name, a, b]) => {
          switch (name) {
            case '/':
              return `(${a}) / (1.5 + (${b})^2)`;
            case '^':
              return `(1.5 + (${a})^2)^(sin(${b}))`;
            case 'lse':
              return `log(exp(sin(${a})) + exp(sin(${b})))`;
            case '?':
              return `((${a}) > (${b}) ? (${a}) : sin(${b}))`;
            case '+':
            case '-':
            case '*':
              return `(${a}) ${name} (${b})`;
            default:
              return `${name}(${a}, ${b})`;
          }
        }),
    ),
  }));
  const coordinate = fc.integer({ min: -3000, max: 3000 }).map((k) => k / 1024 + 1 / 3);

  test('gradients and Hessians lie in their enclosures, which hold the true ones and are narrow', () => {
    let compared = 0;
    fc.assert(
      fc.property(tree, coordinate, coordinate, (text, x, y) => {
        const f = parseArithmetic('f', text, ['x', 'y']);
        const compiled = precise.compile(text);
        const [bigX, bigY] = [precise.bignumber(x), precise.bignumber(y)];
        const h = precise.bignumber('1e-18');
        const exactly = (i: number, j: number): math.BigNumber =>
          compiled.evaluate({ x: bigX.plus(h.times(i)), y: bigY.plus(h.times(j)) }) as math.BigNumber;
        const middle = exactly(0, 0);
        const points = [exactly(1, 0), exactly(-1, 0), exactly(0, 1), exactly(0, -1)];
        if (![middle, ...points].every((value) => precise.isBigNumber(value) && value.isFinite())) return;
        const slopes = [0, 2].map((k) =>
          points[k]
            .minus(points[k + 1])
            .div(h.times(2))
            .toNumber(),
        );
        const bends = [0, 2].map((k) =>
          points[k]
            .plus(points[k + 1])
            .minus(middle.times(2))
            .div(h.times(h))
            .toNumber(),
        );
        const mixed = exactly(1, 1)
          .minus(exactly(1, -1))
          .minus(exactly(-1, 1))
          .plus(exactly(-1, -1))
          .div(h.times(h).times(4))
          .toNumber();
        // At a kink second differences are of the order 1/h.
        if (![...bends, mixed].every((bend) => Math.abs(bend) < 1e12)) return;
        const [gradient, hessian] = [new Float64Array(2), new Float64Array(4)];
        const value = f.gradient([x, y], gradient);
        f.hessian([x, y], hessian);
        const box = [x, y].map((at) => ({ low: at, high: at }));
        const holds = (interval: { low: number; high: number }, exact: number, found: number): void => {
          const size = Math.max(1, Math.abs(exact));
          // A root of what is 0, as in cbrt(x − x), has no derivative by the chain rule, and the enclosure says so.
          if (Number.isNaN(found)) {
            expect(interval.high - interval.low).toBe(Infinity);
            return;
          }
          // mathjs computes with 90 digits: differences are exact to 1e-30 here, and the enclosure is rigorous.
          expect(exact).toBeGreaterThanOrEqual(interval.low - 1e-15 * size);
          expect(exact).toBeLessThanOrEqual(interval.high + 1e-15 * size);
          expect(Math.abs(found - exact)).toBeLessThanOrEqual(interval.high - interval.low + 1e-12 * size);
          if (interval.high - interval.low < 1e-8 * size) compared++;
        };
        holds(f.enclose.value(box), middle.toNumber(), value);
        const gradients = f.enclose.gradient(box);
        holds(gradients[0], slopes[0], gradient[0]);
        holds(gradients[1], slopes[1], gradient[1]);
        const hessians = f.enclose.hessian(box);
        holds(hessians[0], bends[0], hessian[0]);
        holds(hessians[3], bends[1], hessian[3]);
        holds(hessians[1], mixed, hessian[1]);
        expect(hessian[1]).toBeCloseTo(hessian[2], 6);
      }),
      { numRuns: 300 },
    );
    expect(compared).toBeGreaterThan(600);
  }, 240_000);
});
