import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';

/** Registers a kernel of ours for the webgpu backend, where it has none by that name yet. */
export function registerWebGpuKernel<Inputs, Attributes>(
  kernelName: string,
  run: (inputs: Inputs, backend: WebGPUBackend, attributes: Attributes) => TensorInfo | TensorInfo[],
): void {
  if ((tf.getKernel(kernelName, 'webgpu') as unknown) !== undefined) return;
  const kernelFunc = ({ inputs, backend, attrs }: { inputs: Inputs; backend: WebGPUBackend; attrs: Attributes }) =>
    run(inputs, backend, attrs);
  tf.registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: kernelFunc as unknown as KernelFunc });
}
