import * as tf from '@tensorflow/tfjs-core';
import type { SelfTime } from './self-times.js';

/** A recording of where the time of steps goes, under way. */
export interface Recording {
  /** Ends the recording, puts everything back as it was, and gives what was recorded, the longest first. */
  readonly stop: () => Promise<readonly SelfTime[]>;
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
