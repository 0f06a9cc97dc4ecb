import type { Arena } from './arena.js';

/**
 * Rows of features, a few for every example, in one array as kernels read them: padded with a zero to an even length,
 * and those of an example interleaved by pairs of coordinates, so that one pointer walks through all of them at once.
 * Coordinates 2c and 2c + 1 of row k of an example with `size` rows lie 2(c · size + k) numbers behind its first.
 */
export interface FeatureRows {
  readonly dimension: number;
  /** How many rows come before those of every example, and how many there are. */
  readonly offsets: Int32Array;
  readonly numbers: Float64Array;
}

/** Rows of zeros, so many for every example. */
export function newFeatureRows(sizes: readonly number[], dimension: number, arena: Arena): FeatureRows {
  const offsets = arena.integers(sizes.length + 1);
  sizes.forEach((size, n) => (offsets[n + 1] = offsets[n] + size));
  return { dimension, offsets, numbers: arena.numbers(offsets[sizes.length] * padded(dimension)) };
}

/** A dimension, made even. */
export function padded(dimension: number): number {
  return dimension + (dimension % 2);
}

/** The number of examples. */
export function exampleCount({ offsets }: FeatureRows): number {
  return offsets.length - 1;
}

/** The number of rows of all examples. */
export function totalRows({ offsets }: FeatureRows): number {
  return offsets[offsets.length - 1];
}

/** The number of rows of example n. */
export function rowCount({ offsets }: FeatureRows, n: number): number {
  return offsets[n + 1] - offsets[n];
}

/** Writes row k of example n: difference(i) is its coordinate i. */
export function writeRow(rows: FeatureRows, n: number, k: number, difference: (i: number) => number): void {
  const { dimension, numbers } = rows;
  const step = 2 * rowCount(rows, n);
  for (let i = 0, at = placeOf(rows, n, k); i < dimension; i += 2, at += step) {
    numbers[at] = difference(i);
    if (i + 1 < dimension) numbers[at + 1] = difference(i + 1);
  }
}

/** Copies row k of example n to a vector, which it returns. */
export function readRow(rows: FeatureRows, n: number, k: number, out: Float64Array): Float64Array {
  const { dimension, numbers } = rows;
  const step = 2 * rowCount(rows, n);
  for (let i = 0, at = placeOf(rows, n, k); i < dimension; i += 2, at += step) {
    out[i] = numbers[at];
    if (i + 1 < dimension) out[i + 1] = numbers[at + 1];
  }
  return out;
}

/** The inner product of row k of example n with a vector. */
export function rowProduct(rows: FeatureRows, n: number, k: number, vector: Float64Array): number {
  const { dimension, numbers } = rows;
  const step = 2 * rowCount(rows, n);
  let sum = 0;
  for (let i = 0, at = placeOf(rows, n, k); i < dimension; i += 2, at += step) {
    sum += vector[i] * numbers[at];
    if (i + 1 < dimension) sum += vector[i + 1] * numbers[at + 1];
  }
  return sum;
}

/** Adds `weight` times row k of example n to a vector. */
export function addRow(rows: FeatureRows, n: number, k: number, weight: number, vector: Float64Array): void {
  const { dimension, numbers } = rows;
  const step = 2 * rowCount(rows, n);
  for (let i = 0, at = placeOf(rows, n, k); i < dimension; i += 2, at += step) {
    vector[i] += weight * numbers[at];
    if (i + 1 < dimension) vector[i + 1] += weight * numbers[at + 1];
  }
}

/** Where the first number of row k of example n is. */
function placeOf({ dimension, offsets }: FeatureRows, n: number, k: number): number {
  return offsets[n] * padded(dimension) + 2 * k;
}
