import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { getKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import type { HalfProductAttributes } from './half-matrix.js';
import { runElements } from './webgpu-elements.js';
import { registerWebGpuKernel } from './webgpu-kernels.js';

/**
 * A half's float32 number by integer arithmetic and one exact product: unpack2x16float may take halves below the normal
 * ones for 0.
 */
const widened = `
  fn widened(half : u32, isBfloat16 : bool) -> f32 {
    if (isBfloat16) { return bitcast<f32>(half << 16u); }
    let fraction = half & 0x3ffu;
    let exponent = (half >> 10u) & 31u;
    let size = select(
      bitcast<f32>(((exponent + 112u) << 23u) | (fraction << 13u)),
      f32(fraction) * 5.9604644775390625e-8f,
      exponent == 0u);
    return select(size, -size, (half & 0x8000u) != 0u);
  }`;

/**
 * Registers products with matrices of halves: a matrix is float32 for the time of one product, in memory that the next
 * one of its size takes over, so that the product is the stock one to the bit.
 */
export function registerWebGpuHalfMatrix(): void {
  registerWebGpuKernel('HalfRows', halfRows);
  registerWebGpuKernel(
    'HalfProduct',
    (
      { rows, matrix }: { rows: TensorInfo; matrix: TensorInfo },
      backend,
      { type, transposed }: HalfProductAttributes,
    ) => {
      const b = unpack(matrix, type, backend);
      const { kernelFunc } = getKernel('BatchMatMul', 'webgpu');
      const attrs = { transposeA: false, transposeB: transposed === 1 };
      const product = kernelFunc({ inputs: { a: rows, b }, backend, attrs }) as TensorInfo;
      backend.disposeData(b.dataId);
      return product;
    },
  );
}

/** By a program of its own: the stock one takes integers through float32. */
function halfRows(
  { matrix, indices }: { matrix: TensorInfo; indices: TensorInfo },
  backend: WebGPUBackend,
  { type }: { type: number },
): TensorInfo {
  const columns = 2 * (matrix.shape.at(-1) ?? 0);
  return runElements(backend, {
    name: 'HalfRows',
    inputs: { matrix, indices },
    output: [...indices.shape, columns],
    integers: { columns, bfloat16: Number(type === 1) },
    functions: widened,
    code: `
      let place = indices[i / columns] * columns + i % columns;
      let pair = bitcast<u32>(matrix[place / 2]);
      result[i] = widened(select(pair & 0xffffu, pair >> 16u, place % 2 == 1), bfloat16 == 1);`,
  });
}

function unpack(x: TensorInfo, type: number, backend: WebGPUBackend): TensorInfo {
  return runElements(backend, {
    name: 'UnpackHalves',
    inputs: { x },
    output: [...x.shape.slice(0, -1), 2 * (x.shape.at(-1) ?? 0)],
    integers: { bfloat16: Number(type === 1) },
    functions: widened,
    code: `
      let pair = bitcast<u32>(x[i / 2]);
      result[i] = widened(select(pair & 0xffffu, pair >> 16u, i % 2 == 1), bfloat16 == 1);`,
  });
}
