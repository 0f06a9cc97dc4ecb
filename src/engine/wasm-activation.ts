import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, kernelsOf, registerWasmKernel } from './wasm-kernels.js';

/** Numbers in an item of assembly/llm/activation.ts. */
const blockLength = 1024;

/** Registers x Φ(x) and x σ(x), each with its derivative as a second output. */
export function registerWasmActivations(): void {
  for (const [kernelName, kernel] of [
    ['Gelu', 'gelu'],
    ['Silu', 'silu'],
  ] as const) {
    registerWasmKernel(kernelName, ({ x }: { x: TensorInfo }, backend) => {
      const outputs = [backend.makeOutput(x.shape, 'float32'), backend.makeOutput(x.shape, 'float32')];
      const length = util.sizeFromShape(x.shape);
      const addresses = [x, ...outputs].map((tensor) => addressOf(tensor, backend));
      const work = { items: Math.ceil(length / blockLength), operations: 6 * blockLength };
      kernelsOf(backend).run(kernel, [...addresses, length], work);
      return outputs;
    });
  }
}
