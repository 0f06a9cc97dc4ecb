import * as tf from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { addressOf, wasmKernels } from './wasm-kernels.js';

/**
 * Replaces the wasm backend's BatchMatMul by assembly/llm/matmul.ts. The stock kernel is fast only for one pair of
 * untransposed matrices, and a naive loop for everything else. Call before the backend is set.
 */
export function registerWasmMatrixProduct(): void {
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({
    kernelName: 'BatchMatMul',
    backendName: 'wasm',
    kernelFunc: matrixProduct as unknown as KernelFunc,
  });
}

interface Arguments {
  inputs: { a: TensorInfo; b: TensorInfo };
  attrs: { transposeA: boolean; transposeB: boolean };
  backend: BackendWasm;
}

function matrixProduct({ inputs: { a, b }, attrs: { transposeA, transposeB }, backend }: Arguments): TensorInfo {
  if (a.dtype !== 'float32' || b.dtype !== 'float32') throw new Error('matMul: expected float32 operands');
  const [aShape, bShape] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const [aBatch, bBatch] = [tf.util.sizeFromShape(aShape), tf.util.sizeFromShape(bShape)];
  if (aBatch !== bBatch && aBatch !== 1 && bBatch !== 1) {
    throw new Error(
      `matMul: expected equal batches, or one matrix on a side, got shapes [${a.shape.join()}] and [${b.shape.join()}]`,
    );
  }
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [rows, depth] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const columns = transposeB ? bRows : bColumns;
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(aShape, bShape);
  const output = backend.makeOutput([...batchShape, rows, columns], 'float32');
  // One matrix on the right: all batches of rows make one tall product.
  const tall = bBatch === 1 && !transposeA;
  const batch = tall ? 1 : Math.max(aBatch, bBatch);
  const product = { rows: tall ? aBatch * rows : rows, columns, depth };
  const { division, items } = divided(batch, product);
  wasmKernels(backend).run(
    'matmul',
    [
      addressOf(a, backend),
      addressOf(b, backend),
      addressOf(output, backend),
      product.rows,
      columns,
      depth,
      Number(transposeA),
      Number(transposeB),
      aBatch === 1 ? 0 : rows * depth,
      bBatch === 1 ? 0 : depth * columns,
      rows * columns,
      division,
    ],
    items,
  );
  return output;
}

/** What the work is divided by, as assembly/llm/matmul.ts counts it: pairs of a batch (0), rows (1) or columns (2). */
function divided(
  batch: number,
  { rows, columns }: { rows: number; columns: number },
): Record<'division' | 'items', number> {
  if (batch > 1) return { division: 0, items: batch };
  return rows >= columns ? { division: 1, items: rows } : { division: 2, items: columns };
}
