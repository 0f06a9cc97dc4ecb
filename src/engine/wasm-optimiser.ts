import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { AdamwUpdate } from './fused-kernels.js';
import type { UpdateOperands } from './kernel-operands.js';
import { addressOf, floatArgument, kernelsOf, registerWasmKernel } from './wasm-kernels.js';

/** Numbers in an item of assembly/llm/adamw.ts, and of the sum of squares in assembly/llm/sums.ts. */
const updateBlock = 1024;
const sumBlock = 4096;
/** Columns in an item of the sum of rows. */
const columnsOfItem = 16;

/** Registers what an optimiser's step and biases need: the AdamW update, sums of squares, and sums of rows. */
export function registerWasmOptimiser(): void {
  registerWasmKernel('AdamwUpdate', adamwUpdate);
  registerWasmKernel('SquareSum', squareSum);
  registerWasmKernel('ColumnSums', ({ x }: { x: TensorInfo }, backend) => {
    const [rows, columns] = x.shape;
    const output = backend.makeOutput([columns], 'float32');
    const work = { items: Math.ceil(columns / columnsOfItem), operations: (rows * columnsOfItem) / 4 };
    kernelsOf(backend).run('columnSums', [addressOf(x, backend), addressOf(output, backend), rows, columns], work);
    return output;
  });
}

/** Updates parameter and moments where they lie. */
function adamwUpdate(inputs: UpdateOperands, backend: BackendWasm, update: AdamwUpdate): TensorInfo[] {
  const { parameter, gradient, firstMoment, secondMoment } = inputs;
  const { beta1, beta2, epsilon, rate, correction2, shrinkage } = update;
  const length = util.sizeFromShape(parameter.shape);
  const addresses = [parameter, gradient, firstMoment, secondMoment].map((tensor) => addressOf(tensor, backend));
  const numbers = [beta1, beta2, 1 - beta1, 1 - beta2, epsilon, rate, correction2, shrinkage].map(floatArgument);
  const work = { items: Math.ceil(length / updateBlock), operations: 2 * updateBlock };
  kernelsOf(backend).run('adamw', [...addresses, length, ...numbers], work);
  return [];
}

/** Σ x², added block after block in double precision. */
function squareSum({ x }: { x: TensorInfo }, backend: BackendWasm): TensorInfo {
  const length = util.sizeFromShape(x.shape);
  const blocks = Math.ceil(length / sumBlock);
  const sums = backend.makeOutput([2 * blocks], 'int32');
  const address = addressOf(sums, backend);
  kernelsOf(backend).run('squareSums', [addressOf(x, backend), address, 1, length], {
    items: blocks,
    operations: sumBlock / 2,
  });
  const { buffer, byteOffset } = backend.typedArrayFromHeap(sums);
  const total = new Float64Array(buffer, byteOffset, blocks).reduce((sum, part) => sum + part, 0);
  backend.disposeData(sums.dataId);
  return backend.makeOutput([], 'float32', undefined, Float32Array.of(total));
}
