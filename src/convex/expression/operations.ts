import {
  add,
  divide,
  everything,
  magnitude,
  multiply,
  negated,
  outwards,
  point,
  rising,
  squared,
  subtract,
  type Interval,
} from './interval.js';

/**
 * An operation on two numbers: an entry of the table as `UnaryFunction` is. Derivatives are partial; where two arguments
 * are tied (max, min), each counts by half.
 */
export interface BinaryOperation {
  readonly name: string;
  readonly value: (a: number, b: number) => number;
  readonly slopeA: (a: number, b: number) => number;
  readonly slopeB: (a: number, b: number) => number;
  readonly bendAA: (a: number, b: number) => number;
  readonly bendAB: (a: number, b: number) => number;
  readonly bendBB: (a: number, b: number) => number;
  /** Intervals that hold the values and the derivatives, rounded outwards. */
  readonly range: (a: Interval, b: Interval) => Interval;
  readonly slopeRanges: (a: Interval, b: Interval) => readonly [Interval, Interval];
  readonly bendRanges: (a: Interval, b: Interval) => readonly [Interval, Interval, Interval];
  /** Whether it may depend on one argument alone, where the other need not be differentiable. */
  readonly selects?: boolean;
  /** Of a comparison: what it can be at points beside those where its arguments lie in these intervals, too. */
  readonly besideRange?: (a: Interval, b: Interval) => Interval;
  /** Whether its values jump where the arguments are these. */
  readonly jumpsAt?: (a: number, b: number) => boolean;
}

const [zero, one] = [point(0), point(1)];
const none = (): number => 0;

/** a + b. */
export const sum: BinaryOperation = {
  name: '+',
  value: (a, b) => a + b,
  slopeA: () => 1,
  slopeB: () => 1,
  bendAA: none,
  bendAB: none,
  bendBB: none,
  range: add,
  slopeRanges: () => [one, one],
  bendRanges: () => [zero, zero, zero],
};

/** a − b. */
export const difference: BinaryOperation = {
  ...sum,
  name: '-',
  value: (a, b) => a - b,
  slopeB: () => -1,
  range: subtract,
  slopeRanges: () => [one, point(-1)],
};

/** a b. */
export const product: BinaryOperation = {
  name: '*',
  value: (a, b) => a * b,
  slopeA: (_a, b) => b,
  slopeB: (a) => a,
  bendAA: none,
  bendAB: () => 1,
  bendBB: none,
  range: multiply,
  slopeRanges: (a, b) => [b, a],
  bendRanges: () => [zero, one, zero],
};

/** a / b. */
export const quotient: BinaryOperation = {
  name: '/',
  value: (a, b) => a / b,
  slopeA: (_a, b) => 1 / b,
  slopeB: (a, b) => -a / b / b,
  bendAA: none,
  bendAB: (_a, b) => -1 / b / b,
  bendBB: (a, b) => (2 * a) / b / b / b,
  range: divide,
  slopeRanges: (a, b) => [divide(one, b), negated(divide(divide(a, b), b))],
  bendRanges: (a, b) => {
    const inverse = divide(one, b);
    return [zero, negated(squared(inverse)), multiply(multiply(point(2), a), multiply(inverse, squared(inverse)))];
  },
};

const logarithm = rising(Math.log);
const exponential = rising(Math.exp, 0);
const arctangent = rising(Math.atan);

/** a^b with an exponent that varies; of numbers a > 0 only, except for values. */
export const power: BinaryOperation = {
  name: '^',
  value: (a, b) => a ** b,
  slopeA: (a, b) => (b === 0 ? 0 : b * a ** (b - 1)),
  slopeB: (a, b) => (a === 0 ? (b > 0 ? 0 : NaN) : a ** b * Math.log(a)),
  bendAA: (a, b) => (b === 0 || b === 1 ? 0 : b * (b - 1) * a ** (b - 2)),
  bendAB: (a, b) => a ** (b - 1) * (1 + b * Math.log(a)),
  bendBB: (a, b) => (a === 0 ? (b > 0 ? 0 : NaN) : a ** b * Math.log(a) ** 2),
  range: positivePower,
  slopeRanges: (a, b) => {
    if (a.low <= 0) return [everything, everything];
    return [multiply(b, positivePower(a, subtract(b, one))), multiply(positivePower(a, b), logarithm(a))];
  },
  bendRanges: (a, b) => {
    if (a.low <= 0) return [everything, everything, everything];
    const [once, twice] = [positivePower(a, subtract(b, one)), positivePower(a, subtract(b, point(2)))];
    return [
      multiply(multiply(b, subtract(b, one)), twice),
      multiply(once, add(one, multiply(b, logarithm(a)))),
      multiply(positivePower(a, b), squared(logarithm(a))),
    ];
  },
};

function positivePower(a: Interval, b: Interval): Interval {
  return a.low <= 0 ? everything : exponential(multiply(b, logarithm(a)));
}

/** The larger of two. */
export const larger: BinaryOperation = {
  name: 'max',
  selects: true,
  value: Math.max,
  slopeA: (a, b) => (a > b ? 1 : a < b ? 0 : a === b ? 0.5 : NaN),
  slopeB: (a, b) => (a > b ? 0 : a < b ? 1 : a === b ? 0.5 : NaN),
  bendAA: none,
  bendAB: none,
  bendBB: none,
  range: (a, b) => ({ low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) }),
  slopeRanges: (a, b) =>
    a.low > b.high
      ? [one, zero]
      : a.high < b.low
        ? [zero, one]
        : [
            { low: 0, high: 1 },
            { low: 0, high: 1 },
          ],
  // At ties the slope jumps.
  bendRanges: (a, b) => (a.low > b.high || a.high < b.low ? [zero, zero, zero] : [everything, everything, everything]),
};

/** The smaller of two. */
export const smaller: BinaryOperation = {
  ...larger,
  name: 'min',
  value: Math.min,
  slopeA: (a, b) => larger.slopeA(-a, -b),
  slopeB: (a, b) => larger.slopeB(-a, -b),
  range: (a, b) => ({ low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) }),
  slopeRanges: (a, b) => larger.slopeRanges(negated(a), negated(b)),
};

/** √(a² + b²); at the origin its slopes are 0. */
export const hypotenuse: BinaryOperation = {
  name: 'hypot',
  value: Math.hypot,
  slopeA: (a, b) => (a === 0 ? 0 : a / Math.hypot(a, b)),
  slopeB: (a, b) => (b === 0 ? 0 : b / Math.hypot(a, b)),
  bendAA: (a, b) => bendOfNorm(b, b, a, b),
  bendAB: (a, b) => -bendOfNorm(a, b, a, b),
  bendBB: (a, b) => bendOfNorm(a, a, a, b),
  range: (a, b) => {
    const [{ low: p, high: q }, { low: r, high: s }] = [magnitude(a), magnitude(b)];
    return {
      low: rising(Math.hypot.bind(null, p), 0)(point(r)).low,
      high: rising(Math.hypot.bind(null, q))(point(s)).high,
    };
  },
  slopeRanges: (a, b) => [unitRange(a, b), unitRange(b, a)],
  bendRanges(a, b) {
    const norm = this.range(a, b);
    if (norm.low <= 0) return [everything, everything, everything];
    const [p, q] = [unitRange(a, b), unitRange(b, a)];
    return [divide(squared(q), norm), negated(divide(multiply(p, q), norm)), divide(squared(p), norm)];
  },
};

/** (u/h)(v/h)/h for h = hypot(a, b). */
function bendOfNorm(u: number, v: number, a: number, b: number): number {
  const h = Math.hypot(a, b);
  return h === 0 ? Infinity : ((u / h) * (v / h)) / h;
}

/** Where a/√(a² + b²) lies: a rising function of a, whose size falls with |b|. */
function unitRange(a: Interval, b: Interval): Interval {
  const { low, high } = magnitude(b);
  const at = (x: number, side: number): number => {
    if (x === 0) return 0;
    const y = x > 0 === side > 0 ? low : high;
    if (y === Infinity) return 0;
    return x === Infinity || x === -Infinity ? Math.sign(x) : x / Math.hypot(x, y);
  };
  const wide = outwards(at(a.low, -1), at(a.high, 1));
  const slack = 4 * Number.EPSILON;
  return { low: Math.max(-1, wide.low - slack), high: Math.min(1, wide.high + slack) };
}

/** log(eᵃ + eᵇ) without overflow. */
export const logSumExp: BinaryOperation = {
  name: 'logsumexp',
  value: softMax,
  slopeA: (a, b) => sigmoid(a - b),
  slopeB: (a, b) => sigmoid(b - a),
  bendAA: (a, b) => sigmoid(a - b) * sigmoid(b - a),
  bendAB: (a, b) => -sigmoid(a - b) * sigmoid(b - a),
  bendBB: (a, b) => sigmoid(a - b) * sigmoid(b - a),
  range: (a, b) => ({ low: down4(softMax(a.low, b.low)), high: up4(softMax(a.high, b.high)) }),
  slopeRanges: (a, b) => {
    const apart = subtract(a, b);
    return [sigmoidRange(apart), sigmoidRange(negated(apart))];
  },
  bendRanges: (a, b) => {
    const apart = magnitude(subtract(a, b));
    // σ(t) σ(−t) falls with |t|.
    const bend = multiply(sigmoidRange(apart), sigmoidRange(negated(apart)));
    const [near, far] = [apart.low, apart.high];
    const within = {
      low: Math.max(0, bend.low, multiply(sigmoidRange(point(far)), sigmoidRange(point(-far))).low),
      high: Math.min(0.25, multiply(sigmoidRange(point(near)), sigmoidRange(point(-near))).high),
    };
    return [within, negated(within), within];
  },
};

function softMax(a: number, b: number): number {
  if (a === b) return a + Math.LN2;
  const [most, apart] = a > b ? [a, b - a] : [b, a - b];
  return most + Math.log1p(Math.exp(apart));
}

/** Moved by the errors of an exponential, a logarithm and a sum. */
function down4(value: number): number {
  return value === Infinity ? Number.MAX_VALUE : value - 8 * Number.EPSILON * (Math.abs(value) + 1);
}

function up4(value: number): number {
  return value === -Infinity ? value : value + 8 * Number.EPSILON * (Math.abs(value) + 1);
}

/** 1/(1 + e^−t). */
function sigmoid(t: number): number {
  return t >= 0 ? 1 / (1 + Math.exp(-t)) : Math.exp(t) / (1 + Math.exp(t));
}

const sigmoidRange = rising(sigmoid, 0, 1);

/** The angle of (b, a). */
export const angle: BinaryOperation = {
  name: 'atan2',
  value: Math.atan2,
  slopeA: (a, b) => b / (a * a + b * b),
  slopeB: (a, b) => -a / (a * a + b * b),
  bendAA: (a, b) => (-2 * a * b) / (a * a + b * b) ** 2,
  bendAB: (a, b) => (a * a - b * b) / (a * a + b * b) ** 2,
  bendBB: (a, b) => (2 * a * b) / (a * a + b * b) ** 2,
  range: (a, b) => (b.low > 0 ? arctangent(divide(a, b)) : outwards(-Math.PI, Math.PI)),
  slopeRanges: (a, b) => {
    const squares = add(squared(a), squared(b));
    return [divide(b, squares), negated(divide(a, squares))];
  },
  bendRanges: (a, b) => {
    const squares = squared(add(squared(a), squared(b)));
    const mixed = divide(multiply(point(2), multiply(a, b)), squares);
    return [negated(mixed), divide(subtract(squared(a), squared(b)), squares), mixed];
  },
};

/** a − b ⌊a/b⌋. */
export const remainder: BinaryOperation = {
  name: 'mod',
  value: (a, b) => a - b * Math.floor(a / b),
  slopeA: () => 1,
  slopeB: (a, b) => -Math.floor(a / b),
  bendAA: none,
  bendAB: none,
  bendBB: none,
  range: () => everything,
  slopeRanges: () => [everything, everything],
  bendRanges: () => [everything, everything, everything],
  jumpsAt: (a, b) => Number.isInteger(a / b),
};
