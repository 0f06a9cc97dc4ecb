/** Half the distance from 1 to the next double. */
export const unitRoundoff = 2 ** -53;

/** Veltkamp's constant: splits a double into two halves of 26 bits. */
const splitter = 2 ** 27 + 1;

/** The rounding error of the product of two doubles: x·y is the double x * y plus this, except for under- and overflow (Dekker 1971). */
export function productError(x: number, y: number, product: number): number {
  const cx = splitter * x;
  const xHigh = cx - (cx - x);
  const xLow = x - xHigh;
  const cy = splitter * y;
  const yHigh = cy - (cy - y);
  const yLow = y - yHigh;
  return xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
}

/** The rounding error of the sum of two doubles: x + y is the double x + y plus this (Knuth 1969). */
export function sumError(x: number, y: number, sum: number): number {
  const part = sum - x;
  return x - (sum - part) + (y - part);
}

/**
 * A sum of numbers and products in twice the precision of doubles, as an unevaluated sum high + low, with a bound on
 * its error (Ogita, Rump and Oishi 2005, Dot2). What overflows makes the error Infinity.
 */
export class PreciseSum {
  high = 0;
  low = 0;
  /** The sum of the absolute values that went into `low`, and how many. */
  #corrections = 0;
  #terms = 0;
  #inherited = 0;
  #underflows = 0;

  /** Adds a number, known up to an error of its own. */
  add(x: number, error = 0): void {
    const sum = this.high + x;
    const rest = sumError(this.high, x, sum);
    this.high = sum;
    this.low += rest;
    this.#corrections += Math.abs(rest);
    this.#terms++;
    this.#inherited += error;
  }

  /** Adds x · y. */
  addProduct(x: number, y: number): void {
    if (x === 0 || y === 0) return;
    const product = x * y;
    // A product below 2^−960 loses part of its rounding error.
    if (Math.abs(product) < 2 ** -960) this.#underflows++;
    const rounding = productError(x, y, product);
    const sum = this.high + product;
    const rest = sumError(this.high, product, sum) + rounding;
    this.high = sum;
    this.low += rest;
    this.#corrections += Math.abs(rest);
    this.#terms++;
  }

  /** A bound on the distance of high + low to the exact sum. */
  get error(): number {
    const rounded = 2 * (this.#terms + 2) * unitRoundoff * this.#corrections;
    const bound = rounded + this.#inherited * (1 + 2 * this.#terms * unitRoundoff) + this.#underflows * 2 ** -1070;
    return Number.isFinite(this.high) && Number.isFinite(this.low) ? bound * (1 + 4 * unitRoundoff) : Infinity;
  }

  /** The sum as a double. */
  get value(): number {
    return this.high + this.low;
  }

  /** A double that the exact sum does not exceed. */
  get upper(): number {
    return up(this.value + this.error);
  }

  /** A double that the exact sum is not below. */
  get lower(): number {
    return -up(-(this.value - this.error));
  }

  /** The exact double-double, renormalised so that `high` is its nearest double. */
  get parts(): readonly [number, number] {
    const high = this.high + this.low;
    return [high, sumError(this.high, this.low, high)];
  }
}

/** A double not below a real number ≥ 0 of which x is the value to a few roundings; 0 stays 0. */
export function up(x: number): number {
  return x === 0 ? 0 : x + Math.abs(x) * 4 * unitRoundoff + Number.MIN_VALUE;
}

/** A double not below x · y, for factors ≥ 0 that are themselves upper bounds. */
export function productAbove(x: number, y: number): number {
  return x === 0 || y === 0 ? 0 : up(x * y + Number.MIN_VALUE);
}

/** An upper bound on the Euclidean norm of |high| + |low| (low may be absent). */
export function normBound(high: Float64Array, low?: Float64Array): number {
  const entry = (i: number): number => Math.abs(high[i]) + (low === undefined ? 0 : Math.abs(low[i]));
  let largest = 0;
  for (let i = 0; i < high.length; i++) largest = Math.max(largest, entry(i));
  if (largest === 0) return 0;
  if (!(largest < Infinity)) return Infinity;
  let squares = 0;
  for (let i = 0; i < high.length; i++) squares += (entry(i) / largest) ** 2;
  return largest * Math.sqrt(squares) * (1 + (high.length + 8) * unitRoundoff) + Number.MIN_VALUE;
}
