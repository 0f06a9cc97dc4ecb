import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { getKernel, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';

/** Registers a kernel of ours for the webgpu backend, where it has none by that name yet. */
export function registerWebGpuKernel(
  kernelName: string,
  run: (inputs: never, backend: WebGPUBackend, attributes: never) => TensorInfo | TensorInfo[],
): void {
  if ((getKernel(kernelName, 'webgpu') as unknown) !== undefined) return;
  registerKernel({
    kernelName,
    backendName: 'webgpu',
    kernelFunc: ({ inputs, backend, attrs }) =>
      run(inputs as never, backend as unknown as WebGPUBackend, attrs as never),
  });
}
