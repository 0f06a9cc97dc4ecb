/** The numbers from low to high. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** All real numbers: what is known of a value of which nothing is known. */
export const everything: Interval = { low: -Infinity, high: Infinity };

/** The one number x. */
export function point(x: number): Interval {
  return { low: x, high: x };
}

/** A double above x, at most two steps away; a sum that overflowed downwards is above −Infinity. */
export function up(x: number): number {
  return x === -Infinity ? -Number.MAX_VALUE : x + (Math.abs(x) * Number.EPSILON + Number.MIN_VALUE);
}

/** A double below x, at most two steps away; a sum that overflowed upwards is below Infinity. */
export function down(x: number): number {
  return x === Infinity ? Number.MAX_VALUE : x - (Math.abs(x) * Number.EPSILON + Number.MIN_VALUE);
}

/** Nothing is known of what came out as not a number. */
export function known(low: number, high: number): Interval {
  return Number.isNaN(low) || Number.isNaN(high) ? everything : { low, high };
}

/** The smallest interval that holds both. */
export function hull(a: Interval, b: Interval): Interval {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** Whether 0 is in it. */
export function hasZero({ low, high }: Interval): boolean {
  return low <= 0 && high >= 0;
}

/** −a. */
export function negated(a: Interval): Interval {
  return { low: -a.high, high: -a.low };
}

/** |a|. */
export function magnitude(a: Interval): Interval {
  const high = Math.max(Math.abs(a.low), Math.abs(a.high));
  return { low: hasZero(a) ? 0 : Math.min(Math.abs(a.low), Math.abs(a.high)), high };
}

/** What the rounded sum of two numbers has to be moved by: its exact error's sign (Knuth's TwoSum). */
function sumError(a: number, b: number, sum: number): number {
  const part = sum - a;
  return a - (sum - part) + (b - part);
}

function sumDown(a: number, b: number): number {
  const sum = a + b;
  if (a === -Infinity || b === -Infinity) return -Infinity;
  return sumError(a, b, sum) >= 0 ? sum : down(sum);
}

function sumUp(a: number, b: number): number {
  return -sumDown(-a, -b);
}

/** a + b, its ends rounded outwards unless they are exact. */
export function add(a: Interval, b: Interval): Interval {
  return known(sumDown(a.low, b.low), sumUp(a.high, b.high));
}

/** a − b. */
export function subtract(a: Interval, b: Interval): Interval {
  return add(a, negated(b));
}

/** The product of two ends, where nothing is nothing whatever it multiplies: ends at infinity are not reached. */
function product(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}

/** Moves the ends of what was rounded outwards, never across 0. */
export function outwards(low: number, high: number): Interval {
  if (Number.isNaN(low) || Number.isNaN(high)) return everything;
  return {
    low: low === -Infinity ? low : low >= 0 ? Math.max(0, down(low)) : down(low),
    high: high === Infinity ? high : high <= 0 ? Math.min(0, up(high)) : up(high),
  };
}

/** a b. */
export function multiply(a: Interval, b: Interval): Interval {
  if (isPoint(a, 0) || isPoint(b, 0)) return point(0);
  if (isPoint(a, 1) || isPoint(b, -1)) return isPoint(a, 1) ? b : negated(a);
  if (isPoint(b, 1) || isPoint(a, -1)) return isPoint(b, 1) ? a : negated(b);
  const [p, q, r, s] = [product(a.low, b.low), product(a.low, b.high), product(a.high, b.low), product(a.high, b.high)];
  const [low, high] = [down(Math.min(p, q, r, s)), up(Math.max(p, q, r, s))];
  // Where neither factor changes its sign, neither does the product.
  const [aSign, bSign] = [sign(a), sign(b)];
  if (aSign * bSign > 0) return known(Math.max(0, low), high);
  if (aSign * bSign < 0) return known(low, Math.min(0, high));
  return known(low, high);
}

function isPoint(a: Interval, x: number): boolean {
  return a.low === x && a.high === x;
}

/** 1 or −1 where no number of it has the other sign, else 0. */
function sign(a: Interval): number {
  return a.low >= 0 ? 1 : a.high <= 0 ? -1 : 0;
}

/** a / b; all real numbers where b may be 0. */
export function divide(a: Interval, b: Interval): Interval {
  if (hasZero(b)) return everything;
  return multiply(a, outwards(1 / b.high, 1 / b.low));
}

/** a², rounded outwards. */
export function squared(a: Interval): Interval {
  const { low, high } = magnitude(a);
  return { low: low === 0 ? 0 : Math.max(0, down(low * low)), high: up(high * high) };
}

/**
 * How far, relatively, V8's elementary functions are from exact at most, with room to spare: they are those of fdlibm,
 * whose errors stay below one unit in the last place (2⁻⁵² of the value).
 */
const libraryError = 4 * Number.EPSILON;

/** A value that an elementary function gave, moved down by its error. */
export function below(value: number): number {
  return value - (Math.abs(value) * libraryError + Number.MIN_VALUE);
}

/** A value that an elementary function gave, moved up by its error. */
export function above(value: number): number {
  return value + (Math.abs(value) * libraryError + Number.MIN_VALUE);
}

/** A rising elementary function's values; what it is at ends where it is infinite is kept. */
export function rising(f: (x: number) => number, least = -Infinity, most = Infinity): (a: Interval) => Interval {
  return (a) => {
    const [low, high] = [f(a.low), f(a.high)];
    if (Number.isNaN(low) || Number.isNaN(high)) return everything;
    return {
      low: Math.max(least, low === Infinity ? Number.MAX_VALUE : low === -Infinity ? low : below(low)),
      high: Math.min(most, high === -Infinity ? -Number.MAX_VALUE : high === Infinity ? high : above(high)),
    };
  };
}
