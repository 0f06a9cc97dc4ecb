import type { Power, Shape, UnaryFunction } from './function-table.js';
import { above, below, everything, hasZero, magnitude, multiply, negated, point, type Interval } from './interval.js';

/** The exponent q. */
export function exponentOf({ numerator, thirds }: Power): number {
  return numerator / 3 ** thirds;
}

/** The power that a constant exponent denotes: of anything where it is a whole number, else of what is not negative. */
export function powerWith(exponent: number): Power {
  const parity = !Number.isInteger(exponent) ? 'positive' : exponent % 2 === 0 ? 'even' : 'odd';
  return { numerator: exponent, thirds: 0, parity };
}

/** x itself. */
export const identityPower: Power = { numerator: 1, thirds: 0, parity: 'odd' };

/** outer ∘ inner as one power, as in (x²)^1.5 = |x|³; undefined where doubles do not hold its exponent exactly. */
export function composedPower(outer: Power, inner: Power): Power | undefined {
  const numerator = exactProduct(outer.numerator, inner.numerator);
  if (numerator === undefined) return undefined;
  const mixed = outer.parity === 'positive' || inner.parity === 'positive' ? 'positive' : outer.parity;
  return reduced(numerator, outer.thirds + inner.thirds, inner.parity === 'even' ? 'even' : mixed);
}

/** The product of two powers of one base as one power; undefined where doubles do not hold its exponent exactly. */
export function multipliedPower(a: Power, b: Power): Power | undefined {
  // x^a x^−b is not defined at 0, where x^(a − b) may be.
  if (a.numerator < 0 !== b.numerator < 0) return undefined;
  const thirds = Math.max(a.thirds, b.thirds);
  const first = exactProduct(a.numerator, 3 ** (thirds - a.thirds));
  const second = exactProduct(b.numerator, 3 ** (thirds - b.thirds));
  if (first === undefined || second === undefined) return undefined;
  const sum = first + second;
  if (sum - first !== second || sum - second !== first) return undefined;
  const mixed = a.parity === b.parity ? 'even' : 'odd';
  return reduced(sum, thirds, a.parity === 'positive' || b.parity === 'positive' ? 'positive' : mixed);
}

function reduced(numerator: number, thirds: number, parity: Power['parity']): Power {
  if (thirds === 0 || numerator % 3 !== 0) return { numerator, thirds, parity };
  return reduced(numerator / 3, thirds - 1, parity);
}

/** a b where it is exact (Dekker's product of halves). */
function exactProduct(a: number, b: number): number | undefined {
  const halves = (x: number): [number, number] => {
    const scaled = 134217729 * x;
    const high = scaled - (scaled - x);
    return [high, x - high];
  };
  const [[aHigh, aLow], [bHigh, bLow], found] = [halves(a), halves(b), a * b];
  const error = aHigh * bHigh - found + aHigh * bLow + aLow * bHigh + aLow * bLow;
  return error === 0 ? found : undefined;
}

/** A power as an entry of the table; `value` computes it as it is written. */
export function powerFunction(name: string, power: Power, value: (x: number) => number): UnaryFunction {
  const { parity } = power;
  const q = exponentOf(power);
  const flipped = parity === 'even' ? 'odd' : parity === 'odd' ? 'even' : 'positive';
  const sign = (x: number): number => (parity === 'even' ? Math.sign(x) : 1);
  const [first, second] = [lowered(power, flipped, 1), lowered(power, parity, 2)];
  const outside = (x: number): boolean => parity === 'positive' && x < 0;
  // What every step of a run asks for has a shortcut.
  const [isAbsolute, isSquare] = [q === 1 && parity === 'even', q === 2 && parity === 'even'];
  function slope(x: number): number {
    if (x !== 0) return outside(x) ? NaN : q === 0 ? 0 : q * raised(Math.abs(x), q - 1) * sign(x);
    if (q > 1) return 0;
    if (q === 1) return parity === 'even' ? 0 : 1;
    // Where the values cannot be smaller, 0 counts as a subgradient; a vertical tangent or a jump has none.
    return q > 0 && parity !== 'odd' ? Infinity : NaN;
  }

  function bend(x: number): number {
    if (x !== 0) {
      if (outside(x)) return NaN;
      return q === 0 || q === 1 ? 0 : q * (q - 1) * raised(Math.abs(x), q - 2) * (parity === 'odd' ? Math.sign(x) : 1);
    }
    if (q === 1 || q > 2) return 0;
    return q === 2 ? (parity === 'odd' ? 0 : 2) : Infinity;
  }

  return {
    name,
    value,
    power,
    slope: isAbsolute ? Math.sign : isSquare ? (x) => 2 * x : slope,
    bend: isAbsolute ? () => 0 : isSquare ? () => 2 : bend,
    range: (a) => powerRange(power, a),
    slopeRange(a) {
      if (q === 0) return parity === 'odd' && hasZero(a) ? everything : point(0);
      return multiply(point(q), derivedRange(first, a));
    },
    bendRange(a) {
      if (hasZero(a) && q === 1 && parity === 'even') return { low: 0, high: Infinity };
      if (q === 0) return parity === 'odd' && hasZero(a) ? everything : point(0);
      if (q === 1) return parity === 'positive' && a.low < 0 ? everything : point(0);
      return multiply(point(q * (q - 1)), derivedRange(second, a));
    },
    shape: (a) => powerShape(q, parity, a),
    jumpsAt: q === 0 && parity !== 'positive' ? (x) => x === 0 : undefined,
  };
}

function lowered({ numerator, thirds }: Power, parity: Power['parity'], by: number): Power {
  return { numerator: numerator - by * 3 ** thirds, thirds, parity };
}

/** x^q for x ≥ 0, by multiplication and roots where that is exact and fast. */
function raised(x: number, q: number): number {
  return q === 1 ? x : q === 0 ? 1 : q === 2 ? x * x : q === 0.5 ? Math.sqrt(x) : x ** q;
}

function powerShape(q: number, parity: Power['parity'], { low, high }: Interval): Shape {
  const [right, left] = [low >= 0, high <= 0];
  // On either side of 0, where the values of a negative power are infinite, a power is convex or concave and monotone.
  const apart = q < 0 ? low > 0 || high < 0 : right || left;
  if (parity === 'positive' && !right) return { convex: false, concave: false, rising: false, falling: false };
  const bends = q > 1 || q < 0;
  const affine = q === 1 && (parity !== 'even' || apart);
  const mirrored = parity === 'even' ? 1 : right ? 1 : -1;
  const onRight = { convex: apart && (bends || affine), concave: apart && (!bends || affine) };
  const odd = parity !== 'even';
  return {
    convex: affine || (parity === 'even' && q >= 1) || (mirrored > 0 ? onRight.convex : onRight.concave),
    concave: affine || (mirrored > 0 ? onRight.concave : onRight.convex),
    rising: q >= 0 ? odd || right : apart && !odd && left,
    falling: q >= 0 ? !odd && left : apart && (odd || right),
  };
}

/** Where a derivative lies that is this power, whose value at 0 is 1 where it is x⁰. */
function derivedRange(power: Power, a: Interval): Interval {
  const isOne = power.numerator === 0 && (power.parity === 'even' || (power.parity === 'positive' && a.low >= 0));
  return isOne ? point(1) : powerRange(power, a);
}

/** Where a power's values lie, whatever side of 0 its argument is on. */
function powerRange(power: Power, a: Interval): Interval {
  const { parity } = power;
  if (parity === 'positive' && a.low < 0) return everything;
  if (parity === 'even' || a.low >= 0) return onPositive(power, magnitude(a));
  if (a.high <= 0) return negated(onPositive(power, { low: -a.high, high: -a.low }));
  if (power.numerator < 0) return everything;
  const [below0, above0] = [onPositive(power, { low: 0, high: -a.low }), onPositive(power, { low: 0, high: a.high })];
  return { low: -below0.high, high: above0.high };
}

/** Where x^q lies for x in an interval of numbers ≥ 0. */
function onPositive(power: Power, of: Interval): Interval {
  // An end of −0 has odd negative powers of the other sign.
  const [low, high] = [Math.abs(of.low), Math.abs(of.high)];
  const q = exponentOf(power);
  if (q === 0) return hasZero({ low, high }) ? { low: 0, high: 1 } : point(1);
  // An exponent that is not a double lies between two.
  const [lower, upper] = power.thirds === 0 ? [q, q] : [below(q), above(q)];
  const corners = [low ** lower, low ** upper, high ** lower, high ** upper];
  const [least, most] = [Math.min(...corners), Math.max(...corners)];
  return {
    low: least === Infinity ? Number.MAX_VALUE : least === 0 ? 0 : Math.max(0, below(least)),
    high: most === 0 && high === 0 ? 0 : most === Infinity ? most : above(most),
  };
}
