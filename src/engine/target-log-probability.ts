import * as tf from '@tensorflow/tfjs-core';
import type { GradConfig, Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/**
 * Log-probabilities of one target in each row of logits, as tfjs kernels: what a batch of predicted tokens needs of its
 * vocabulary, without an array of softmax values beside that of the logits. Each backend has its own of both.
 */
const forward = 'TargetLogProbability';
const backward = 'TargetLogProbabilityGradient';

/** What the kernels of a backend are given. */
export interface RowsOfLogits {
  /** Shape [rows, columns], float32. */
  readonly logits: TensorInfo;
  /** A column of each row, int32. */
  readonly targets: TensorInfo;
}

/** What the second kernel works on. */
export interface RowsToDifferentiate extends RowsOfLogits {
  /** What the first kernel gave. */
  readonly logProbabilities: TensorInfo;
  /** What the gradient of each row is multiplied by. */
  readonly dy: TensorInfo;
}

/** One backend's kernels. */
export interface TargetLogProbabilityKernels<Backend> {
  /** log softmax(logits)[target] of each row, a new tensor [rows]. */
  readonly forward: (inputs: RowsOfLogits, backend: Backend) => TensorInfo;
  /** Writes dy · (onehot(target) − softmax(logits)) over the logits. */
  readonly overwrite: (inputs: RowsToDifferentiate, backend: Backend) => void;
}

/** Registers the kernels of a backend, where it has none yet. */
export function registerTargetLogProbability<Backend extends { incRef(dataId: object): void }>(
  backendName: string,
  kernels: TargetLogProbabilityKernels<Backend>,
): void {
  if (tf.getKernelsForBackend(backendName).some(({ kernelName }) => kernelName === forward)) return;
  const register = (kernelName: string, run: (inputs: never, backend: Backend) => TensorInfo): void => {
    const kernelFunc = ({ inputs, backend }: { inputs: unknown; backend: unknown }): TensorInfo =>
      run(inputs as never, backend as Backend);
    tf.registerKernel({ kernelName, backendName, kernelFunc: kernelFunc });
  };
  register(forward, kernels.forward);
  register(backward, (inputs: RowsToDifferentiate, backend) => {
    kernels.overwrite(inputs, backend);
    const { dataId, shape, dtype } = inputs.logits;
    backend.incRef(dataId);
    return { dataId, shape, dtype };
  });
}

/** The gradient of the forward kernel, which takes the memory of its logits. */
export const targetLogProbabilityGradient: GradConfig = {
  kernelName: forward,
  inputsToSave: ['logits', 'targets'],
  outputsToSave: [true],
  gradFunc: (dy, [logits, targets, logProbabilities]) => ({
    logits: () => differentiated({ logits, targets, logProbabilities, dy: dy as Tensor }),
    targets: () => tf.zerosLike(targets),
  }),
};

/**
 * log softmax(logits)[target] of each row: [rows, columns] and int32 [rows] → [rows]. The backward pass writes the
 * gradient over the logits, so nothing else may use them, and it may run once.
 */
export function targetLogProbability(logits: Tensor, targets: Tensor): Tensor {
  return tf.engine().runKernel(forward, { logits, targets });
}

/** dy · (onehot(target) − softmax(logits)) of each row, in the memory of the logits, which are lost. */
export function differentiated(inputs: Record<keyof RowsToDifferentiate, Tensor>): Tensor {
  return tf.engine().runKernel(backward, inputs);
}
