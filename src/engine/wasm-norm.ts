import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, floatArgument, kernelsOf, registerWasmKernel } from './wasm-kernels.js';

interface Forward {
  /** [rows, width] */
  x: TensorInfo;
  /** [width] */
  weight: TensorInfo;
  /** [width]; absent where rows are not centred. */
  bias?: TensorInfo;
}

interface Backward {
  x: TensorInfo;
  dy: TensorInfo;
  weight: TensorInfo;
  /** [rows, 2] */
  statistics: TensorInfo;
}

/** Columns in an item of the kernel of the weight's gradient. */
const columnsOfItem = 16;

/** Registers layer norm and root mean square norm with their gradients, computed by assembly/llm/norm.ts. */
export function registerWasmNorms(): void {
  registerWasmKernel('Norm', ({ x, weight, bias }: Forward, backend, { epsilon }: { epsilon: number }) => {
    const [rows, width] = x.shape;
    const y = backend.makeOutput([rows, width], 'float32');
    const statistics = backend.makeOutput([rows, 2], 'float32');
    const at = addresses(backend);
    const shape = [width, floatArgument(epsilon)];
    const args = [at(x), at(weight), at(bias), at(y), at(statistics), ...shape];
    kernelsOf(backend).run('norm', args, { items: rows, operations: width });
    return [y, statistics];
  });
  registerWasmKernel('NormGradient', ({ x, dy, weight, statistics }: Backward, backend, { centred }: Centred) => {
    const [rows, width] = x.shape;
    const dx = backend.makeOutput([rows, width], 'float32');
    const at = addresses(backend);
    const args = [at(x), at(weight), centred, at(dx), at(statistics), width, 0, at(dy)];
    kernelsOf(backend).run('normGradient', args, { items: rows, operations: width });
    return dx;
  });
  registerWasmKernel('NormWeightGradient', ({ x, dy, statistics }: Omit<Backward, 'weight'>, backend) => {
    const [rows, width] = x.shape;
    const dWeight = backend.makeOutput([width], 'float32');
    const at = addresses(backend);
    const work = { items: Math.ceil(width / columnsOfItem), operations: rows * columnsOfItem };
    const args = [at(x), 0, 0, at(dWeight), at(statistics), width, 0, at(dy), rows];
    kernelsOf(backend).run('normWeightGradient', args, work);
    return dWeight;
  });
}

interface Centred {
  /** 1 or 0. */
  centred: number;
}

function addresses(backend: BackendWasm): (tensor: TensorInfo | undefined) => number {
  return (tensor) => (tensor === undefined ? 0 : addressOf(tensor, backend));
}
