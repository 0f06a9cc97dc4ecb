import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { RowRange } from './weights.js';

type DeviceBackend = Pick<
  WebGPUBackend,
  'device' | 'queue' | 'tensorMap' | 'makeTensorInfo' | 'uploadToGPU' | 'memory'
>;

/** The backend where it is WebGPU, whose tensors live in buffers of a device. */
function webGpuBackend(): DeviceBackend | undefined {
  return tf.getBackend() === 'webgpu' ? (tf.backend() as unknown as DeviceBackend) : undefined;
}

/** The most bytes that one tensor may take on the current backend. */
export function largestTensor(): number {
  const limits = webGpuBackend()?.device.limits;
  return limits === undefined ? Infinity : Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
}

/** The most bytes that all tensors together may take on the current backend, where that is known before they are there. */
export function roomForTensors(): number {
  // A WebAssembly memory has at most 65,536 pages.
  return tf.getBackend() === 'wasm' ? 2 ** 32 : Infinity;
}

/** What goes to a device at once: it is in the memory of the process twice, as read and on its way. */
const uploadBytes = 2 ** 24;

/** Numbers of a tensor, by whose type they are float32 or int32. */
type Numbers = Float32Array | Int32Array;

/**
 * A tensor that is on the device when this returns, taken there a few rows at a time. By itself WebGPU's would
 * wait in the memory of the process for its first use, and a model's weights would all be there together.
 * @param read the values of some of its rows
 */
export async function uploaded(
  read: (rows: RowRange) => Numbers,
  shape: readonly number[],
  dtype: 'float32' | 'int32' = 'float32',
): Promise<Tensor> {
  const [rows = 1] = shape;
  const backend = webGpuBackend();
  if (backend === undefined) return tf.tensor<tf.Rank>(read({ first: 0, end: rows }), [...shape], dtype);
  const info = backend.makeTensorInfo([...shape], dtype);
  // Without values it gets a buffer of its size.
  backend.uploadToGPU(info.dataId);
  const buffer = backend.tensorMap.get(info.dataId).resource as GPUBuffer;
  const bytesPerRow = buffer.size / rows;
  const each = Math.max(1, Math.floor(uploadBytes / bytesPerRow));
  for (let first = 0; first < rows; first += each) {
    backend.queue.writeBuffer(
      buffer,
      first * bytesPerRow,
      read({ first, end: Math.min(rows, first + each) }) as Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>,
    );
    // Dawn keeps a copy until it has been taken over, with the next submission.
    backend.queue.submit([]);
    await backend.queue.onSubmittedWorkDone();
  }
  return tf.engine().makeTensorFromTensorInfo(info);
}

/** The values of a tensor, of which none stay in the memory of the process: by itself WebGPU's would keep them. */
export async function downloaded(tensor: Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  const held = webGpuBackend()?.tensorMap.get(tensor.dataId);
  if (held?.resource != null) held.values = null as never;
  return values;
}

/** The bytes of the device that the current backend has taken, those kept for reuse among them; 0 but on WebGPU. */
export function allocatedDeviceBytes(): number {
  const backend = webGpuBackend();
  return backend?.memory().numBytesAllocatedInGPU ?? 0;
}
