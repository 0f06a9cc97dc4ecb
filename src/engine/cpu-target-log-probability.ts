import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { registerTargetLogProbability } from './target-log-probability.js';

/** Registers log-probabilities of targets in plain JavaScript: the readable definition of what the other backends do. */
export function registerCpuTargetLogProbability(): void {
  registerTargetLogProbability<MathBackendCPU>('cpu', {
    forward: ({ logits, targets }, backend) => {
      const [rows, columns] = logits.shape;
      const [x, columnOf] = [valuesOf(logits, backend), valuesOf(targets, backend)];
      const output = new Float32Array(rows);
      for (let row = 0; row < rows; row++) {
        const scores = x.subarray(row * columns, (row + 1) * columns);
        const largest = scores.reduce((most, score) => Math.max(most, score));
        const sum = scores.reduce((total, score) => total + Math.exp(score - largest), 0);
        output[row] = scores[columnOf[row]] - largest - Math.log(sum);
      }
      return backend.makeTensorInfo([rows], 'float32', output);
    },
    overwrite: ({ logits, targets, logProbabilities, dy }, backend) => {
      const [rows, columns] = logits.shape;
      const [x, columnOf, given, weights] = [logits, targets, logProbabilities, dy].map((tensor) =>
        valuesOf(tensor, backend),
      );
      for (let row = 0; row < rows; row++) {
        const scores = x.subarray(row * columns, (row + 1) * columns);
        const target = columnOf[row];
        const logSumExp = scores[target] - given[row];
        scores.forEach((score, i) => (scores[i] = -weights[row] * Math.exp(score - logSumExp)));
        scores[target] += weights[row];
      }
    },
  });
}

function valuesOf({ dataId }: TensorInfo, backend: MathBackendCPU): Float32Array {
  return backend.data.get(dataId).values as Float32Array;
}
