import * as tf from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * Replaces the wasm backend's Identity, which copies, by one that refers to the same values, as the other backends'
 * does: tfjs clones every tensor that it saves for a gradient.
 */
export function registerWasmIdentity(): void {
  tf.unregisterKernel('Identity', 'wasm');
  const kernelFunc = ({ inputs, backend }: { inputs: { x: TensorInfo }; backend: BackendWasm }): TensorInfo => {
    const { dataId, shape, dtype } = inputs.x;
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  };
  tf.registerKernel({ kernelName: 'Identity', backendName: 'wasm', kernelFunc: kernelFunc as unknown as KernelFunc });
}
