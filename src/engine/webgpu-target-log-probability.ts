import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { registerTargetLogProbability } from './target-log-probability.js';
import { runRows } from './webgpu-rows.js';

/** Registers log-probabilities of targets as WGSL programs. */
export function registerWebGpuTargetLogProbability(): void {
  registerTargetLogProbability<WebGPUBackend>('webgpu', {
    forward: ({ logits, targets }, backend) => {
      const [rows, columns] = logits.shape;
      return runRows(backend, {
        name: 'targetLogProbability',
        inputs: { logits, targets },
        output: [rows],
        rows,
        integers: { columns },
        code: `
          var largest = -3.4e38f;
          for (var i = thread; i < columns; i += threads) { largest = max(largest, logits[row * columns + i]); }
          largest = largestOfGroup(thread, largest);
          var sum = 0.0;
          for (var i = thread; i < columns; i += threads) { sum += exp(logits[row * columns + i] - largest); }
          sum = sumOfGroup(thread, sum);
          if (inside && thread == 0) {
            result[row] = logits[row * columns + targets[row]] - largest - log(sum);
          }`,
      });
    },
    overwrite: ({ logits, targets, logProbabilities, dy }, backend) => {
      const [rows, columns] = logits.shape;
      runRows(backend, {
        name: 'targetLogProbabilityGradient',
        inputs: { targets, logProbabilities, weights: dy },
        output: logits,
        rows,
        integers: { columns },
        code: `
          let at = row * columns + targets[row];
          let logSumExp = result[at] - logProbabilities[row];
          let weight = weights[row];
          // Every thread has read the target's logit before one of them writes over it.
          storageBarrier();
          for (var i = row * columns + thread; inside && i < (row + 1) * columns; i += threads) {
            result[i] = select(0.0, weight, i == at) - weight * exp(result[i] - logSumExp);
          }`,
      });
    },
  });
}
