import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { AdamwUpdate } from './fused-kernels.js';
import type { UpdateOperands } from './kernel-operands.js';
import { runElements } from './webgpu-elements.js';
import { registerWebGpuKernel } from './webgpu-kernels.js';
import { runRows } from './webgpu-rows.js';

/** Registers what an optimiser's step and biases need: the AdamW update in place, sums of squares, and sums of rows. */
export function registerWebGpuOptimiser(): void {
  registerWebGpuKernel('AdamwUpdate', (inputs: UpdateOperands, backend, update: AdamwUpdate) => {
    const { parameter, gradient, firstMoment, secondMoment } = inputs;
    const { beta1, beta2, epsilon, rate, correction2, shrinkage } = update;
    // A program writes to one buffer, so there is one for each tensor.
    runElements(backend, {
      name: 'first moment',
      inputs: { gradient },
      output: firstMoment,
      floats: { beta: beta1, rest: 1 - beta1 },
      code: 'result[i] = beta * result[i] + rest * gradient[i];',
    });
    runElements(backend, {
      name: 'second moment',
      inputs: { gradient },
      output: secondMoment,
      floats: { beta: beta2, rest: 1 - beta2 },
      code: 'result[i] = beta * result[i] + rest * gradient[i] * gradient[i];',
    });
    runElements(backend, {
      name: 'adamw',
      inputs: { first: firstMoment, second: secondMoment },
      output: parameter,
      floats: { epsilon, rate, correction: 1 / correction2, shrinkage },
      code: 'result[i] = shrinkage * result[i] - rate * first[i] / (sqrt(correction * second[i]) + epsilon);',
    });
    return [];
  });
  registerWebGpuKernel('ColumnSums', ({ x }: { x: TensorInfo }, backend) => {
    const [count, columns] = x.shape;
    return runRows(backend, {
      name: 'column sums',
      inputs: { x },
      output: [columns],
      rows: columns,
      integers: { count },
      code: `
        var sum = 0.0;
        for (var j = thread; j < count; j += threads) { sum += x[j * rows + row]; }
        sum = sumOfGroup(thread, sum);
        if (inside && thread == 0) { result[row] = sum; }`,
    });
  });
}
