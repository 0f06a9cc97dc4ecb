import { InputError } from '../../base/input-error.js';
import type { HalfType } from '../../engine/half-matrix.js';
import { fromHalves } from './half-precision.js';

/** Consecutive rows of a tensor: its slices along the first axis from `first` to before `end`. */
export interface RowRange {
  readonly first: number;
  readonly end: number;
}

/** The named tensors of a checkpoint, read one at a time and converted to float32. */
export interface Weights {
  /** The files they come from, in words for an error message. */
  readonly source: string;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The values of one tensor, or of some of its rows, in row-major order. */
  read(name: string, rows?: RowRange): Float32Array;
  /** The type of half the size that a tensor is stored in; undefined where it is another. */
  halfType(name: string): HalfType | undefined;
  /** Writes the halves of some rows of a tensor that is stored so, as they are, into an array of their size. */
  readHalves(name: string, rows: RowRange, into: Uint16Array): void;
  /** Closes the files. */
  close(): void;
}

/** The number of values of a tensor. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Values of a tensor as they are.
 * @param first the position of the first of them in the tensor
 * @throws InputError naming the file and the tensor, where one is not finite
 */
export function finite(values: Float32Array, source: string, name: string, first = 0): Float32Array {
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    throw new InputError(`${source}: ${name}`, `${values[at]} at position ${first + at}`, 'finite weights');
  }
  return values;
}

/** The bits of a type's exponent, of which a number that is not finite has all. */
const exponents: Readonly<Record<HalfType, number>> = { float16: 0x7c00, bfloat16: 0x7f80 };

/**
 * Checks halves of a tensor, which lie on a boundary of 4 bytes.
 * @param first the position of the first of them in the tensor
 * @throws InputError naming the file and the tensor, where one is not finite
 */
export function checkFiniteHalves(halves: Uint16Array, type: HalfType, source: string, name: string, first = 0): void {
  const exponent = exponents[type];
  // Two at once: an exponent of all ones, and its last bit added, carries into the place of the sign.
  const both = exponent * 0x10001;
  const last = (0x8000 - exponent) * 0x10001;
  const words = new Int32Array(halves.buffer, halves.byteOffset, halves.length >>> 1);
  let found = 0;
  for (let at = 0; at < words.length; at++) found |= (words[at] & both) + last;
  const odd = halves.length % 2 === 1 && (halves[halves.length - 1] & exponent) === exponent;
  if ((found & 0x80008000) === 0 && !odd) return;
  const at = halves.findIndex((half) => (half & exponent) === exponent);
  const [value] = fromHalves(halves.slice(at, at + 1), type);
  throw new InputError(`${source}: ${name}`, `${value} at position ${first + at}`, 'finite weights');
}

/** @throws InputError naming the file and the tensor, when it is missing or has another shape */
export function requireShape({ source, shapes }: Weights, name: string, shape: readonly number[]): void {
  const found = shapes.get(name);
  if (found?.join() === shape.join()) return;
  const got = found === undefined ? 'no such tensor' : `shape [${found.join()}]`;
  throw new InputError(`${source}: ${name}`, got, `shape [${shape.join()}], as the configuration says`);
}
