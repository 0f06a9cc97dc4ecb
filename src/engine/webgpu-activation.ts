import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runElements } from './webgpu-elements.js';
import { registerWebGpuKernel } from './webgpu-kernels.js';

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: within 1.5e-7. */
const normalDistribution = `
  fn normalDistribution(x : f32) -> f32 {
    let z = abs(x) * 0.70710678;
    let t = 1.0 / (1.0 + 0.3275911 * z);
    let series = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
    let tail = 0.5 * series * exp(-z * z);
    return select(tail, 1.0 - tail, x > 0.0);
  }`;
const logistic = 'fn logistic(x : f32) -> f32 { return 1.0 / (1.0 + exp(-x)); }';

/** Registers x Φ(x) and x σ(x), each with its derivative as a second output. */
export function registerWebGpuActivations(): void {
  register('Gelu', normalDistribution, {
    value: 'result[i] = x[i] * normalDistribution(x[i]);',
    slope: 'result[i] = normalDistribution(x[i]) + 0.39894228 * x[i] * exp(-0.5 * x[i] * x[i]);',
  });
  register('Silu', logistic, {
    value: 'result[i] = x[i] * logistic(x[i]);',
    slope: 'let s = logistic(x[i]); result[i] = s * (1.0 + x[i] * (1.0 - s));',
  });
}

function register(kernelName: string, functions: string, code: { value: string; slope: string }): void {
  registerWebGpuKernel(kernelName, ({ x }: { x: TensorInfo }, backend) =>
    Object.entries(code).map(([output, statements]) =>
      runElements(backend, {
        name: `${kernelName} ${output}`,
        inputs: { x },
        output: x.shape,
        functions,
        code: statements,
      }),
    ),
  );
}
