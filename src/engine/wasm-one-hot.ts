import * as tf from '@tensorflow/tfjs-core';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

interface Arguments {
  inputs: { indices: TensorInfo };
  attrs: { dtype: tf.DataType; depth: number; onValue: number; offValue: number };
  backend: BackendWasm;
}

/**
 * Replaces the wasm backend's OneHot, which writes the bits of integers whatever type is asked for, so that a float32
 * result silently comes out as about 0: integers are made first, then cast. Call before the backend is set.
 */
export function registerWasmOneHot(): void {
  const stock = tf.getKernel('OneHot', 'wasm');
  tf.unregisterKernel('OneHot', 'wasm');
  const kernelFunc = ({ inputs, attrs, backend }: Arguments): TensorInfo => {
    const integers = stock.kernelFunc({
      inputs: { ...inputs },
      attrs: { ...attrs, dtype: 'int32' },
      backend,
    }) as TensorInfo;
    if (attrs.dtype === 'int32') return integers;
    const cast = tf.getKernel('Cast', 'wasm');
    const result = cast.kernelFunc({ inputs: { x: integers }, attrs: { dtype: attrs.dtype }, backend }) as TensorInfo;
    backend.disposeData(integers.dataId);
    return result;
  };
  tf.registerKernel({ ...stock, kernelFunc: kernelFunc as unknown as KernelFunc });
}
