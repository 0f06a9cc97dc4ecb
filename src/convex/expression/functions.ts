import type { Shape, UnaryFunction } from './function-table.js';
import {
  above,
  add,
  below,
  divide,
  everything,
  hasZero,
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
import { powerFunction, powerWith } from './power.js';

/** The functions of one number that an expression may name; `forgetting`'s pages list them from here. */
export const unaryFunctions: ReadonlyMap<string, UnaryFunction> = table();

/** −x. */
export const negation: UnaryFunction = {
  name: '-',
  value: (x) => -x,
  slope: () => -1,
  bend: () => 0,
  range: negated,
  slopeRange: () => point(-1),
  bendRange: () => point(0),
};

/** 1 where x is 0, else 0. */
export const not: UnaryFunction = step(
  'not',
  (x) => Number(x === 0),
  (x) => x === 0,
);

/** Huber's function: ½x² up to |x| = δ, δ (|x| − ½δ) beyond (Huber 1964). */
export function huber(delta: number): UnaryFunction {
  const value = (x: number): number => {
    const size = Math.abs(x);
    return size <= delta ? 0.5 * x * x : delta * (size - 0.5 * delta);
  };
  const slope = (x: number): number => Math.max(-delta, Math.min(delta, x));
  const even = rising(value, 0);
  return {
    name: `huber:${delta}`,
    value,
    slope,
    bend: (x) => (Math.abs(x) <= delta ? 1 : 0),
    range: (a) => even(magnitude(a)),
    slopeRange: ({ low, high }) => ({ low: slope(low), high: slope(high) }),
    bendRange: (a) => {
      const { low, high } = magnitude(a);
      return { low: high <= delta ? 1 : 0, high: low <= delta ? 1 : 0 };
    },
  };
}

function table(): Map<string, UnaryFunction> {
  const one = point(1);
  const exp = rising(Math.exp, 0);
  const cosh = (a: Interval): Interval => rising(Math.cosh, 1)(magnitude(a));
  const sinh = rising(Math.sinh);
  const tanh = rising(Math.tanh, -1, 1);
  const reciprocal = (a: Interval): Interval => divide(one, a);
  /** 1/cosh². */
  const tanhSlope = (a: Interval): Interval => reciprocal(squared(cosh(a)));
  const root = (a: Interval): Interval => rising(Math.sqrt, 0)(a);
  /** 1 − x², of which asin, acos and their slopes are made. */
  const underRoot = (a: Interval): Interval => subtract(one, squared(a));
  const asinSlope = (a: Interval): Interval => {
    const { low, high } = underRoot(a);
    return low < 0 ? everything : reciprocal(root({ low, high }));
  };
  const asinBend = (a: Interval): Interval => {
    const inside = underRoot(a);
    return inside.low <= 0 ? everything : divide(a, multiply(inside, root(inside)));
  };
  const atanSlope = (a: Interval): Interval => reciprocal(add(one, squared(a)));

  const entries: UnaryFunction[] = [
    {
      name: 'exp',
      value: Math.exp,
      slope: (_x, y) => y,
      bend: (_x, y) => y,
      range: exp,
      slopeRange: exp,
      bendRange: exp,
    },
    {
      name: 'expm1',
      value: Math.expm1,
      slope: Math.exp,
      bend: Math.exp,
      range: rising(Math.expm1, -1),
      slopeRange: exp,
      bendRange: exp,
    },
    logarithm('log', Math.log, 1),
    logarithm('log2', Math.log2, Math.LN2),
    logarithm('log10', Math.log10, Math.LN10),
    {
      name: 'log1p',
      value: Math.log1p,
      slope: (x) => (x < -1 ? NaN : 1 / (1 + x)),
      bend: (x) => (x < -1 ? NaN : -1 / (1 + x) ** 2),
      range: rising(Math.log1p),
      slopeRange: (a) => (a.low < -1 ? everything : inversePositive(add(one, a))),
      bendRange: (a) => (a.low < -1 ? everything : negated(squared(inversePositive(add(one, a))))),
    },
    periodic('sin', Math.sin, Math.cos, (x) => -Math.sin(x), 0.25),
    periodic(
      'cos',
      Math.cos,
      (x) => -Math.sin(x),
      (x) => -Math.cos(x),
      0,
    ),
    {
      name: 'tan',
      value: Math.tan,
      slope: (_x, y) => 1 + y * y,
      bend: (_x, y) => 2 * y * (1 + y * y),
      range: tangent,
      slopeRange: (a) => add(one, squared(tangent(a))),
      bendRange: (a) => multiply(multiply(point(2), tangent(a)), add(one, squared(tangent(a)))),
    },
    {
      name: 'asin',
      value: Math.asin,
      slope: (x) => 1 / Math.sqrt((1 - x) * (1 + x)),
      bend: (x) => x / ((1 - x) * (1 + x)) ** 1.5,
      range: rising(Math.asin),
      slopeRange: asinSlope,
      bendRange: asinBend,
    },
    {
      name: 'acos',
      value: Math.acos,
      slope: (x) => -1 / Math.sqrt((1 - x) * (1 + x)),
      bend: (x) => -x / ((1 - x) * (1 + x)) ** 1.5,
      range: (a) => rising((x) => Math.acos(-x))(negated(a)),
      slopeRange: (a) => negated(asinSlope(a)),
      bendRange: (a) => negated(asinBend(a)),
    },
    {
      name: 'atan',
      value: Math.atan,
      slope: (x) => 1 / (1 + x * x),
      bend: (x) => (-2 * x) / (1 + x * x) / (1 + x * x),
      range: rising(Math.atan),
      slopeRange: atanSlope,
      bendRange: (a) => multiply(multiply(point(-2), a), squared(atanSlope(a))),
    },
    {
      name: 'sinh',
      value: Math.sinh,
      slope: Math.cosh,
      bend: (_x, y) => y,
      range: sinh,
      slopeRange: cosh,
      bendRange: sinh,
    },
    {
      name: 'cosh',
      value: Math.cosh,
      slope: Math.sinh,
      bend: (_x, y) => y,
      range: cosh,
      slopeRange: sinh,
      bendRange: cosh,
    },
    {
      name: 'tanh',
      value: Math.tanh,
      slope: (x) => Math.cosh(x) ** -2,
      bend: (x, y) => -2 * y * Math.cosh(x) ** -2,
      range: tanh,
      slopeRange: tanhSlope,
      bendRange: (a) => multiply(multiply(point(-2), tanh(a)), tanhSlope(a)),
    },
    powerFunction('sqrt', powerWith(0.5), Math.sqrt),
    powerFunction('cbrt', { numerator: 1, thirds: 1, parity: 'odd' }, Math.cbrt),
    powerFunction('abs', { numerator: 1, thirds: 0, parity: 'even' }, Math.abs),
    powerFunction('square', powerWith(2), (x) => x * x),
    powerFunction('cube', powerWith(3), (x) => x * x * x),
    powerFunction('sign', { numerator: 0, thirds: 0, parity: 'odd' }, Math.sign),
    step('floor', Math.floor, Number.isInteger),
    step('ceil', Math.ceil, Number.isInteger),
    step('fix', Math.trunc, (x) => Number.isInteger(x) && x !== 0),
    step('round', Math.round, (x) => Number.isInteger(x + 0.5)),
  ];
  return new Map(entries.map((entry) => [entry.name, entry]));
}

function logarithm(name: string, value: (x: number) => number, scale: number): UnaryFunction {
  const divisor = scale === 1 ? point(1) : outwards(scale, scale);
  return {
    name,
    value,
    slope: (x) => (x < 0 ? NaN : 1 / (scale * x)),
    bend: (x) => (x < 0 ? NaN : -1 / (scale * x) / x),
    range: rising(value),
    slopeRange: (a) => (a.low < 0 ? everything : divide(inversePositive(a), divisor)),
    bendRange: (a) => (a.low < 0 ? everything : negated(divide(squared(inversePositive(a)), divisor))),
  };
}

/** 1/a for numbers ≥ 0, infinite at 0. */
function inversePositive({ low, high }: Interval): Interval {
  return outwards(1 / high, low <= 0 ? Infinity : 1 / low);
}

/** A sine or cosine: it is largest where x/2π is `peak` plus a whole number, smallest half a turn from there. */
function periodic(
  name: string,
  value: (x: number) => number,
  slope: (x: number) => number,
  bend: (x: number) => number,
  peak: number,
): UnaryFunction {
  const rangeFrom = (f: (x: number) => number, top: number) => (a: Interval) => waveRange(f, top, a);
  return {
    name,
    value,
    slope,
    bend,
    range: rangeFrom(value, peak),
    slopeRange: rangeFrom(slope, peak - 0.25),
    bendRange: rangeFrom(bend, peak + 0.5),
  };
}

/** Turns beyond which rounding leaves it open where in a turn an argument is; far more than `turnSlack` covers. */
const mostTurns = 1e5;
const turnSlack = 1e-9;

function waveRange(f: (x: number) => number, peak: number, { low, high }: Interval): Interval {
  const [from, to] = [low / (2 * Math.PI) - turnSlack, high / (2 * Math.PI) + turnSlack];
  if (!(Math.abs(from) < mostTurns && Math.abs(to) < mostTurns)) return { low: -1, high: 1 };
  const passes = (turn: number): boolean => Math.ceil(from - turn) <= to - turn;
  const [a, b] = [f(low), f(high)];
  const [least, most] = [Math.min(a, b), Math.max(a, b)];
  // Only at 0 are doubles a multiple of a quarter turn: what is 0 there is so exactly.
  return {
    low: passes(peak + 0.5) ? -1 : least === 0 ? 0 : Math.max(-1, below(least)),
    high: passes(peak) ? 1 : most === 0 ? 0 : Math.min(1, above(most)),
  };
}

function tangent({ low, high }: Interval): Interval {
  const [from, to] = [low / Math.PI - turnSlack, high / Math.PI + turnSlack];
  if (!(Math.abs(from) < mostTurns && Math.abs(to) < mostTurns)) return everything;
  if (Math.ceil(from - 0.5) <= to - 0.5) return everything;
  return rising(Math.tan)({ low, high });
}

/** A function that is constant between its jumps. */
function step(name: string, value: (x: number) => number, jumpsAt: (x: number) => boolean): UnaryFunction {
  const isRising = name !== 'not';
  const constant = (a: Interval): boolean => a.low === a.high || (value(a.low) === value(a.high) && isRising);
  const derivative = (a: Interval): Interval => (constant(a) && !jumpsAt(a.low) ? point(0) : everything);
  const shape = (a: Interval): Shape => {
    const flat = constant(a);
    return { convex: flat, concave: flat, rising: isRising, falling: flat };
  };
  return {
    name,
    value,
    jumpsAt,
    slope: (x) => (jumpsAt(x) ? NaN : 0),
    bend: () => 0,
    range: isRising
      ? (a) => ({ low: value(a.low), high: value(a.high) })
      : (a) => (hasZero(a) ? (a.low === a.high ? point(1) : { low: 0, high: 1 }) : point(0)),
    slopeRange: derivative,
    bendRange: derivative,
    shape,
  };
}
