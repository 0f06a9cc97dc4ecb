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
  /** The halves of a tensor that is stored so, or of some of its rows, as they are. */
  readHalves(name: string, rows?: RowRange): Uint16Array;
  /** Closes the files. */
  close(): void;
}

/** The number of values of a tensor. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * The values of a tensor as they are.
 * @throws InputError naming the file and the tensor, where one is not finite
 */
export function finite(values: Float32Array, source: string, name: string): Float32Array {
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    throw new InputError(`${source}: ${name}`, `${values[at]} at position ${at}`, 'finite weights');
  }
  return values;
}

/**
 * Halves as they are.
 * @throws InputError naming the file and the tensor, where one is not finite
 */
export function finiteHalves(halves: Uint16Array, type: HalfType, source: string, name: string): Uint16Array {
  const exponent = type === 'float16' ? 0x7c00 : 0x7f80;
  for (let at = 0; at < halves.length; at++) {
    if ((halves[at] & exponent) !== exponent) continue;
    const value = fromHalves(halves.subarray(at, at + 1), type)[0];
    throw new InputError(`${source}: ${name}`, `${value} at position ${at}`, 'finite weights');
  }
  return halves;
}

/** @throws InputError naming the file and the tensor, when it is missing or has another shape */
export function requireShape({ source, shapes }: Weights, name: string, shape: readonly number[]): void {
  const found = shapes.get(name);
  if (found?.join() === shape.join()) return;
  const got = found === undefined ? 'no such tensor' : `shape [${found.join()}]`;
  throw new InputError(`${source}: ${name}`, got, `shape [${shape.join()}], as the configuration says`);
}
