import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';

type DeviceBackend = Pick<WebGPUBackend, 'device' | 'queue' | 'tensorMap' | 'uploadToGPU' | 'memory'>;

/** The backend where it is WebGPU, whose tensors live in buffers of a device. */
function webGpuBackend(): DeviceBackend | undefined {
  return tf.getBackend() === 'webgpu' ? (tf.backend() as unknown as DeviceBackend) : undefined;
}

/** The most bytes that one tensor may take on the current backend. */
export function largestTensor(): number {
  const limits = webGpuBackend()?.device.limits;
  return limits === undefined ? Infinity : Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
}

/**
 * A float32 tensor that is on the device when this returns: by itself WebGPU's would wait in the memory of the process
 * for its first use, and a model's weights would all be there together.
 */
export async function uploaded(values: Float32Array, shape: readonly number[]): Promise<Tensor> {
  const tensor = tf.tensor<tf.Rank>(values, [...shape], 'float32');
  const backend = webGpuBackend();
  if (backend !== undefined) {
    backend.uploadToGPU(tensor.dataId);
    // Dawn copies with the next submission, and keeps its copy in the memory of the process until then.
    backend.queue.submit([]);
    await backend.queue.onSubmittedWorkDone();
  }
  return tensor;
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
