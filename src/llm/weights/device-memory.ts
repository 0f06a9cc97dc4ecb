import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { outsideTensor, tensorInModule } from '../../engine/wasm-outside.js';
import { sizeOf, type RowRange } from './weights.js';

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

/** The bytes of memory that this process may have; unbounded where it cannot know, as in a page. */
export async function machineMemory(): Promise<number> {
  if (!('process' in globalThis)) return Infinity;
  const { totalmem } = await import('node:os');
  // 0, or more than there is, where nothing constrains it.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** What is read at once, and goes to a device at once: it is in the memory of the process twice meanwhile. */
const readBytes = 2 ** 22;
/** What is on its way to a device: one array for all tensors, because arrays that nobody needs any longer stay for a while. */
let onTheWay = new ArrayBuffer(0);

/** Numbers of a tensor, by whose type they are float32 or int32. */
type TensorNumbers = Float32Array | Int32Array;

/**
 * A tensor that is on the device when this returns, taken there a few rows at a time: on wasm they are read straight into
 * their place, so that a tensor is never in memory twice. WebGPU's would by itself wait in the memory of the process for its
 * first use, and a model's weights would all be there together.
 * @param fill writes the values of some of its rows into an array of their size
 * @param outside whether values of int32 stay in an array of JavaScript, outside of the module: on wasm alone
 */
export async function uploaded(
  fill: (rows: RowRange, into: TensorNumbers) => void,
  shape: readonly number[],
  dtype: 'float32' | 'int32' = 'float32',
  outside = false,
): Promise<Tensor> {
  const backend = webGpuBackend();
  if (backend !== undefined) return onDevice(fill, shape, dtype, backend);
  const [rows = 1] = shape;
  const size = sizeOf(shape);
  const fillAll = (values: TensorNumbers): void => {
    const perRow = size / rows;
    const each = Math.max(1, Math.floor(readBytes / (4 * perRow)));
    for (let first = 0; first < rows; first += each) {
      const end = Math.min(rows, first + each);
      fill({ first, end }, values.subarray(first * perRow, end * perRow));
    }
  };
  if (outside) {
    const values = new Int32Array(size);
    fillAll(values);
    return outsideTensor(values, shape);
  }
  if (tf.getBackend() === 'wasm') {
    const { tensor, values } = tensorInModule(shape, dtype);
    fillAll(values);
    return tensor;
  }
  const values = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
  fillAll(values);
  return tf.tensor<tf.Rank>(values, [...shape], dtype);
}

async function onDevice(
  fill: (rows: RowRange, into: TensorNumbers) => void,
  shape: readonly number[],
  dtype: 'float32' | 'int32',
  backend: DeviceBackend,
): Promise<Tensor> {
  const [rows = 1] = shape;
  const info = backend.makeTensorInfo([...shape], dtype);
  // Without values it gets a buffer of its size.
  backend.uploadToGPU(info.dataId);
  const buffer = backend.tensorMap.get(info.dataId).resource as GPUBuffer;
  const bytesPerRow = buffer.size / rows;
  const each = Math.max(1, Math.floor(readBytes / bytesPerRow));
  if (onTheWay.byteLength < bytesPerRow) onTheWay = new ArrayBuffer(Math.max(readBytes, bytesPerRow));
  for (let first = 0; first < rows; first += each) {
    const end = Math.min(rows, first + each);
    const count = ((end - first) * bytesPerRow) / 4;
    const values = dtype === 'float32' ? new Float32Array(onTheWay, 0, count) : new Int32Array(onTheWay, 0, count);
    fill({ first, end }, values);
    backend.queue.writeBuffer(buffer, first * bytesPerRow, values);
    // Dawn has a copy of its own, and keeps it until it has been taken over, with the next submission.
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
