import { productError, sumError } from './precise-sum.js';

/** A square matrix or a vector in twice the precision of doubles: unevaluated sums high + low, row-major. */
export interface Doubled {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

/** A bound on the relative error of one operation below: the worst, division, loses about 4 bits of 106. */
export const doubledRoundoff = 2 ** -98;

// The low part of the operation that was done last: two results, nothing allocated.
let rest = 0;

/** (a + aLow) − (x + xLow)(y + yLow); returns the high part, the low one in `rest`. */
function minusProduct(a: number, aLow: number, x: number, xLow: number, y: number, yLow: number): number {
  const product = x * y;
  const tail = productError(x, y, product) + (x * yLow + xLow * y);
  const high = -(product + tail);
  const low = -(product - -high + tail);
  return plus(a, aLow, high, low);
}

/** (a + aLow) + (b + bLow), with a relative error even where it cancels; returns the high part, the low one in `rest`. */
function plus(a: number, aLow: number, b: number, bLow: number): number {
  const sum = a + b;
  const error = sumError(a, b, sum);
  const lows = aLow + bLow;
  const lowsError = sumError(aLow, bLow, lows);
  const tail = error + lows;
  const first = sum + tail;
  const tail2 = tail - (first - sum) + lowsError;
  const high = first + tail2;
  rest = tail2 - (high - first);
  return high;
}

/** (a + aLow) / (b + bLow); returns the high part, the low one in `rest`. */
function quotient(a: number, aLow: number, b: number, bLow: number): number {
  const first = a / b;
  const remainder = minusProduct(a, aLow, first, 0, b, bLow);
  const second = remainder / b;
  const high = first + second;
  rest = second - (high - first);
  return high;
}

/** √(a + aLow), a > 0; returns the high part, the low one in `rest`. */
function squareRoot(a: number, aLow: number): number {
  const first = Math.sqrt(a);
  const remainder = minusProduct(a, aLow, first, 0, first, 0);
  const second = remainder / (2 * first);
  const high = first + second;
  rest = second - (high - first);
  return high;
}

/**
 * The Cholesky factor of a symmetric matrix in twice the precision of doubles, written over its lower triangle.
 * @returns false where a pivot is not positive (the matrix is then half overwritten)
 */
export function doubledCholesky({ high, low }: Doubled, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = high[row + j];
      rest = low[row + j];
      for (let k = 0; k < j; k++)
        sum = minusProduct(sum, rest, high[row + k], low[row + k], high[other + k], low[other + k]);
      if (j < i) sum = quotient(sum, rest, high[other + j], low[other + j]);
      else if (!(sum > 0)) return false;
      else sum = squareRoot(sum, rest);
      high[row + j] = sum;
      low[row + j] = rest;
    }
  }
  return true;
}

/** (L Lᵀ)⁻¹ b, as doubles. */
export function doubledSolve({ high, low }: Doubled, n: number, right: Doubled): Float64Array {
  const [x, xLow] = [right.high.slice(), right.low.slice()];
  const eliminate = (i: number, from: number, to: number, at: (k: number) => number): void => {
    let sum = x[i];
    rest = xLow[i];
    for (let k = from; k < to; k++) sum = minusProduct(sum, rest, high[at(k)], low[at(k)], x[k], xLow[k]);
    x[i] = quotient(sum, rest, high[i * n + i], low[i * n + i]);
    xLow[i] = rest;
  };
  for (let i = 0; i < n; i++) eliminate(i, 0, i, (k) => i * n + k);
  for (let i = n - 1; i >= 0; i--) eliminate(i, i + 1, n, (k) => k * n + i);
  return x;
}
