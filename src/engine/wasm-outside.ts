import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/** The end of what can be addressed. */
const nowhere = 2 ** 32 - 16;

/**
 * An int32 tensor of the wasm backend whose values stay in an array of JavaScript, outside of the 4 GiB that a module
 * has at most. The functions of this file alone read it; `data()` gives the array itself.
 */
export function outsideTensor(values: Int32Array, shape: readonly number[]): Tensor {
  const info: TensorInfo = { dataId: {}, shape: [...shape], dtype: 'int32' };
  // Where the backend keeps texts, which are no numbers of the module's: it frees them, and gives them back as they are.
  const backend = wasmBackend();
  backend.move(info.dataId, values, info.shape, 'string', 1);
  // Any other kernel of the module's would read at address 0: here there is nothing to be read, and it fails.
  backend.wasm.tfjs.registerTensor(backend.dataIdMap.get(info.dataId).id, values.length, nowhere);
  return tf.engine().makeTensorFromTensorInfo(info);
}

/** A new tensor of the wasm backend, and its values where they lie, to be written before anything else is allocated. */
export function tensorInModule(
  shape: readonly number[],
  dtype: 'float32' | 'int32',
): { tensor: Tensor; values: Float32Array | Int32Array } {
  const backend = wasmBackend();
  const info = backend.makeOutput([...shape], dtype);
  return {
    tensor: tf.engine().makeTensorFromTensorInfo(info),
    values: backend.typedArrayFromHeap(info) as Float32Array | Int32Array,
  };
}

function wasmBackend(): BackendWasm {
  return tf.backend() as unknown as BackendWasm;
}

/** The values of a tensor that lie outside; undefined of every other. */
export function outsideValues({ dataId }: TensorInfo, backend: BackendWasm): Int32Array | undefined {
  const { dtype, stringBytes } = backend.dataIdMap.get(dataId);
  return dtype === 'string' ? (stringBytes as unknown as Int32Array) : undefined;
}

/** The bytes of those among the tensors whose values lie outside; 0 on other backends. */
export function outsideBytes(tensors: readonly Tensor[]): number {
  if (tf.getBackend() !== 'wasm') return 0;
  const lying = tensors.map((tensor) => outsideValues(tensor, wasmBackend())).filter((values) => values !== undefined);
  return lying.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** What of a matrix is brought in at once: enough for the threads to share, and little beside the matrix. */
const panelBytes = 2 ** 24;
/** Runs of rows are whole blocks of assembly/llm/matmul.ts, whose sums then have the same order. */
const blockDepth = 256;

/**
 * Brings the rows of a matrix that lies outside into the module, one run of them after the other.
 * @param use is told where a run begins, its first row and the number of its rows
 */
export function inPanels(
  values: Int32Array,
  { shape: [rows, columns] }: TensorInfo,
  backend: BackendWasm,
  use: (address: number, first: number, count: number) => void,
): void {
  const blocks = Math.max(1, Math.floor(panelBytes / (4 * columns * blockDepth)));
  const height = Math.min(rows, blocks * blockDepth);
  const panel = backend.makeOutput([height, columns], 'int32');
  const address = backend.dataIdMap.get(panel.dataId).memoryOffset;
  const held = backend.typedArrayFromHeap(panel);
  for (let first = 0; first < rows; first += height) {
    const count = Math.min(height, rows - first);
    held.set(values.subarray(first * columns, (first + count) * columns));
    use(address, first, count);
  }
  backend.disposeData(panel.dataId);
}

/** Rows of such a matrix by their indices, in the module. */
export function outsideRows(
  values: Int32Array,
  { shape: [rows, columns] }: TensorInfo,
  indices: TensorInfo,
  backend: BackendWasm,
): TensorInfo {
  const count = tf.util.sizeFromShape(indices.shape);
  const taken = backend.makeOutput([count, columns], 'int32');
  const held = backend.typedArrayFromHeap(taken);
  backend.typedArrayFromHeap(indices).forEach((index, i) => {
    if (index < 0 || index >= rows) throw new RangeError(`row ${index} of a matrix of ${rows}`);
    held.set(values.subarray(index * columns, (index + 1) * columns), i * columns);
  });
  return taken;
}
