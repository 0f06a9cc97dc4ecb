import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor } from '@tensorflow/tfjs-core';

/** Types of half the size of float32; every number of theirs is a float32 too. */
export type HalfType = 'bfloat16' | 'float16';

/** What kernels call the types: as assembly/llm/numbers.ts, where 0 is float32. */
export const halfTypes = { bfloat16: 1, float16: 2 } as const satisfies Record<HalfType, number>;

const product = 'HalfProduct';
const lookup = 'HalfRows';

/** The types of packed tensors by what identifies their values, which clones and saved tensors share. */
const types = new WeakMap<object, HalfType>();

/** Whether the current backend multiplies with matrices of halves. */
export function knowsHalves(): boolean {
  return tf.getKernelsForBackend(tf.getBackend()).some(({ kernelName }) => kernelName === product);
}

/**
 * Declares an int32 tensor [rows, columns / 2] to be a matrix [rows, columns] of halves, two in a number, the first in
 * its lower bits. Only the functions of this file read it as such. It is never trained.
 */
export function asHalfMatrix(packed: Tensor, type: HalfType): Tensor {
  types.set(packed.dataId, type);
  return packed;
}

/** The type of a matrix of halves; undefined of every other tensor. */
export function halfTypeOf({ dataId }: Tensor): HalfType | undefined {
  return types.get(dataId);
}

/** Some rows of a matrix by their indices [count], in float32: [count, columns]. A matrix of halves gets no gradient. */
export function takenRows(matrix: Tensor, indices: Tensor): Tensor {
  const type = halfTypeOf(matrix);
  if (type === undefined) return tf.gather(matrix, indices);
  return tf.engine().runKernel(lookup, { matrix, indices }, { type: halfTypes[type] });
}

/**
 * Rows [rows, in] times a matrix that may be of halves: [in, out], or transposed [out, in], plus a bias [out] where
 * there is one. The numbers are to the bit those of the same product with a float32 matrix.
 */
export function productWith(rows: Tensor, matrix: Tensor, transposed: boolean, bias?: Tensor): Tensor {
  const type = halfTypeOf(matrix);
  if (type === undefined) {
    const plain = tf.matMul(rows, matrix, false, transposed);
    return bias === undefined ? plain : tf.add(plain, bias);
  }
  const inputs = bias === undefined ? { rows, matrix } : { rows, matrix, bias };
  return tf.engine().runKernel(product, inputs, { type: halfTypes[type], transposed: Number(transposed) });
}

/** What a backend's product is told. */
export interface HalfProductAttributes {
  readonly type: number;
  readonly transposed: number;
}

/** The gradient for the rows; the matrix and the bias beside one are frozen. */
export const halfProductGradient: GradConfig = {
  kernelName: product,
  inputsToSave: ['matrix'],
  gradFunc: (dy, [matrix], attributes) => ({
    rows: () => productWith(dy as Tensor, matrix, (attributes as unknown as HalfProductAttributes).transposed === 0),
  }),
};
