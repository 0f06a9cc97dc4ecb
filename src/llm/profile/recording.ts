import * as tf from '@tensorflow/tfjs-core';
import type { SelfTime } from './self-times.js';

/** Where the time of some steps went, all of them together. */
export interface RecordedSteps {
  readonly steps: number;
  readonly milliseconds: number;
  readonly times: readonly SelfTime[];
}

/** Runs every kernel of the current backend within `run`, which is told its name; returns what undoes it. */
export function wrapKernels(run: <Result>(kernel: string, f: () => Result) => Result): () => void {
  const backend = tf.getBackend();
  const stock = tf.getKernelsForBackend(backend);
  const replace = (kernels: typeof stock): void => {
    for (const kernel of kernels) {
      tf.unregisterKernel(kernel.kernelName, backend);
      tf.registerKernel(kernel);
    }
  };
  replace(
    stock.map((kernel) => ({
      ...kernel,
      kernelFunc: (call) => run(kernel.kernelName, () => kernel.kernelFunc(call)),
    })),
  );
  return () => {
    replace(stock);
  };
}
