import type { UnaryFunction } from './function-table.js';
import { negation } from './functions.js';
import { above, below, type Interval } from './interval.js';
import { power, product, quotient, type BinaryOperation } from './operations.js';
import { powerFunction, powerWith } from './power.js';

/** What a function of a constant is exactly: a range that holds it, and the double that was computed. */
export function foldedUnary(rule: UnaryFunction, a: Interval, value: number): Interval {
  return rule === negation ? rule.range(a) : around(rule.range(a), value, isPoint(a));
}

/** What an operation on constants gives exactly; a point where no digit was rounded away. */
export function foldedBinary(rule: BinaryOperation, a: Interval, b: Interval, value: number): Interval {
  if (isPoint(a) && isPoint(b) && isExact(rule, a.low, b.low, value)) return { low: value, high: value };
  // Of a base that is not positive only a power with a fixed exponent is one.
  const range = rule === power && isPoint(b) ? powerRange(b.low)(a) : rule.range(a, b);
  return around(range, value, isPoint(a) && isPoint(b));
}

function powerRange(exponent: number): (a: Interval) => Interval {
  return powerFunction('', powerWith(exponent), (x) => x ** exponent).range;
}

/** Whether a product, a quotient or a power of two numbers is one of integers, or by a power of two, that rounds nothing. */
function isExact(rule: BinaryOperation, x: number, y: number, value: number): boolean {
  const areIntegers = [x, y, value].every(Number.isSafeInteger);
  if (rule === product) return areIntegers || isPowerOfTwo(x, value) || isPowerOfTwo(y, value);
  if (rule === quotient) return areIntegers ? value * y === x : isPowerOfTwo(y, value);
  return rule === power && areIntegers && y >= 0 && BigInt(x) ** BigInt(y) === BigInt(value);
}

/** Whether x is ±2ᵏ, and a value that was computed with it is far from where doubles lose digits. */
function isPowerOfTwo(x: number, value: number): boolean {
  const size = Math.abs(x);
  return size > 0 && Math.log2(size) % 1 === 0 && 2 ** Math.log2(size) === size && Math.abs(value) > 1e-290;
}

function isPoint({ low, high }: Interval): boolean {
  return low === high;
}

/** A range that also holds the computed value; of numbers that are exact, at least that value and its rounding are known. */
function around({ low, high }: Interval, value: number, ofPoints: boolean): Interval {
  if (ofPoints && (low === -Infinity || high === Infinity)) return { low: below(value), high: above(value) };
  return { low: Math.min(low, value), high: Math.max(high, value) };
}
