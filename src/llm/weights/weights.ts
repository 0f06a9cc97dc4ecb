/** The named tensors of a checkpoint, read one at a time and converted to float32. */
export interface Weights {
  /** The files they come from, in words for an error message. */
  readonly source: string;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The values of one tensor in row-major order. */
  read(name: string): Float32Array;
  /** Closes the files. */
  close(): void;
}

/** The number of values of a tensor. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
