import * as tf from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * Replaces the wasm backend's BatchMatMul. The stock kernel takes XNNPACK's fast product only for one pair of
 * untransposed matrices and a naive loop for everything else, about seven times slower: here transposed operands are
 * transposed first, and batches are multiplied one by one in place. Call before the backend is set.
 */
export function registerWasmMatrixProduct(): void {
  tf.unregisterKernel('BatchMatMul', 'wasm');
  tf.registerKernel({
    kernelName: 'BatchMatMul',
    backendName: 'wasm',
    setupFunc: (backend) => {
      const { wasm } = backend as unknown as { wasm: EmscriptenModule };
      multiply = wasm.cwrap('BatchMatMul', null, signature) as typeof multiply;
    },
    kernelFunc: matrixProduct as unknown as KernelFunc,
  });
}

// a, its shape and rank; b, its shape and rank; transposeA, transposeB; the output.
const signature = ['number', 'array', 'number', 'number', 'array', 'number', 'number', 'number', 'number'];
let multiply: (
  a: number,
  aShape: Uint8Array,
  aRank: number,
  b: number,
  bShape: Uint8Array,
  bRank: number,
  transposeA: number,
  transposeB: number,
  output: number,
) => void;

interface EmscriptenModule {
  cwrap(name: string, returns: null, signature: string[]): unknown;
}

interface Arguments {
  inputs: { a: TensorInfo; b: TensorInfo };
  attrs: { transposeA: boolean; transposeB: boolean };
  backend: BackendWasm;
}

function matrixProduct({ inputs, attrs, backend }: Arguments): TensorInfo {
  if (inputs.a.dtype !== 'float32' || inputs.b.dtype !== 'float32')
    throw new Error('matMul: expected float32 operands');
  const a = attrs.transposeA ? transposed(inputs.a, backend) : inputs.a;
  const b = attrs.transposeB ? transposed(inputs.b, backend) : inputs.b;
  const [rows, inner] = a.shape.slice(-2);
  const columns = b.shape[b.shape.length - 1];
  const aBatch = tf.util.sizeFromShape(a.shape.slice(0, -2));
  const bBatch = tf.util.sizeFromShape(b.shape.slice(0, -2));
  const batchShape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const output = backend.makeOutput([...batchShape, rows, columns], 'float32');
  // One matrix on the right: all batches of rows make one tall product.
  const batch = bBatch === 1 ? 1 : Math.max(aBatch, bBatch);
  if (aBatch !== bBatch && aBatch !== 1 && bBatch !== 1) {
    throw new Error(
      `matMul: expected equal batches, or one matrix on a side, got shapes [${a.shape.join()}] and [${b.shape.join()}]`,
    );
  }
  const outputRows = bBatch === 1 ? aBatch * rows : rows;
  for (let i = 0; i < batch; i++) {
    const left = view(a, aBatch === 1 || bBatch === 1 ? 0 : i, [1, outputRows, inner], backend);
    const right = view(b, bBatch === 1 ? 0 : i, [1, inner, columns], backend);
    const product = view(output, i, [1, outputRows, columns], backend);
    multiply(left.id, left.shape, 3, right.id, right.shape, 3, 0, 0, product.id);
    for (const part of [left, right, product]) part.release();
  }
  if (attrs.transposeA) backend.disposeData(a.dataId);
  if (attrs.transposeB) backend.disposeData(b.dataId);
  return output;
}

/** The last two axes swapped, in memory of its own. */
function transposed(x: TensorInfo, backend: BackendWasm): TensorInfo {
  const perm = x.shape.map((_, axis) => axis);
  perm.push(...perm.splice(-2).reverse());
  return tf.getKernel('Transpose', 'wasm').kernelFunc({ inputs: { x }, attrs: { perm }, backend }) as TensorInfo;
}

/** The `index`-th block of a tensor under an id of its own, sharing the tensor's memory. */
function view(
  x: TensorInfo,
  index: number,
  shape: number[],
  backend: BackendWasm,
): { id: number; shape: Uint8Array; release: () => void } {
  const bytes = Float32Array.BYTES_PER_ELEMENT * tf.util.sizeFromShape(shape);
  const offset = backend.dataIdMap.get(x.dataId).memoryOffset + index * bytes;
  const { dataId } = backend.makeOutput(shape, 'float32', offset);
  const { id } = backend.dataIdMap.get(dataId);
  return {
    id,
    shape: new Uint8Array(Int32Array.from(shape).buffer),
    release: () => {
      // Not backend.disposeData, which would free memory that belongs to the whole tensor.
      backend.wasm.tfjs.disposeData(id);
      backend.dataIdMap.delete(dataId);
    },
  };
}
