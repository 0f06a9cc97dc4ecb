import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NormOperands, NormGradientOperands, Centred } from './kernel-operands.js';
import { addressOf, floatArgument, kernelsOf, registerWasmKernel } from './wasm-kernels.js';

/** Columns in an item of the kernel of the weight's gradient. */
const columnsOfItem = 16;

/** Registers layer norm and root mean square norm with their gradients, computed by assembly/llm/norm.ts. */
export function registerWasmNorms(): void {
  registerWasmKernel('Norm', ({ x, weight, bias }: NormOperands, backend, { epsilon }: { epsilon: number }) => {
    const [rows, width] = x.shape;
    const y = backend.makeOutput([rows, width], 'float32');
    const statistics = backend.makeOutput([rows, 2], 'float32');
    const at = addresses(backend);
    const shape = [width, floatArgument(epsilon)];
    const args = [at(x), at(weight), at(bias), at(y), at(statistics), ...shape];
    kernelsOf(backend).run('norm', args, { items: rows, operations: width });
    return [y, statistics];
  });
  registerWasmKernel(
    'NormGradient',
    ({ x, dy, weight, statistics }: NormGradientOperands, backend, { centred }: Centred) => {
      const [rows, width] = x.shape;
      const dx = backend.makeOutput([rows, width], 'float32');
      const at = addresses(backend);
      const args = [at(x), at(weight), centred, at(dx), at(statistics), width, 0, at(dy)];
      kernelsOf(backend).run('normGradient', args, { items: rows, operations: width });
      return dx;
    },
  );
  registerWasmKernel('NormWeightGradient', ({ x, dy, statistics }: Omit<NormGradientOperands, 'weight'>, backend) => {
    const [rows, width] = x.shape;
    const dWeight = backend.makeOutput([width], 'float32');
    const at = addresses(backend);
    const work = { items: Math.ceil(width / columnsOfItem), operations: rows * columnsOfItem };
    const args = [at(x), 0, 0, at(dWeight), at(statistics), width, 0, at(dy), rows];
    kernelsOf(backend).run('normWeightGradient', args, work);
    return dWeight;
  });
}

function addresses(backend: BackendWasm): (tensor: TensorInfo | undefined) => number {
  return (tensor) => (tensor === undefined ? 0 : addressOf(tensor, backend));
}
