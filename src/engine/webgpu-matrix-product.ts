import { env, getKernel, registerKernel, unregisterKernel, util, type TensorInfo } from '@tensorflow/tfjs-core';

/** What tfjs names its program for few tiles in `WEBGPU_MATMUL_PROGRAM_TYPE`; below 0 it chooses. */
const programType = 'WEBGPU_MATMUL_PROGRAM_TYPE';
const [smallOutput, chosen] = [2, -1];
/** The depth from which tfjs divides a product with few tiles along it. */
const splitDepth = 2000;

const known = new WeakSet<object>();

/**
 * Keeps the webgpu backend from its program that divides a product along its depth: tfjs 4.22 reads a transposed right operand
 * wrongly there where its columns come in fours, as in every adapter of a model of width 2000 or more, and adds the parts in an
 * order that differs from run to run.
 */
export function registerWebGpuMatrixProduct(): void {
  const stock = getKernel('BatchMatMul', 'webgpu');
  if (known.has(stock)) return;
  const ours: typeof stock = {
    ...stock,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
      const { transposeA, transposeB } = call.attrs as { transposeA: boolean; transposeB: boolean };
      const [rows, depth] = lastTwo(a, transposeA);
      const [, columns] = lastTwo(b, transposeB);
      const { thresholdToIncreaseWorkgroups: few } = call.backend as { thresholdToIncreaseWorkgroups: number };
      const batch = util.sizeFromShape(a.shape.slice(0, -2));
      if (!isDivided(few, batch, rows, columns, depth)) return stock.kernelFunc(call);
      env().set(programType, smallOutput);
      try {
        return stock.kernelFunc(call);
      } finally {
        env().set(programType, chosen);
      }
    },
  };
  known.add(ours);
  unregisterKernel('BatchMatMul', 'webgpu');
  registerKernel(ours);
}

function lastTwo({ shape }: TensorInfo, transposed: boolean): [number, number] {
  const [first, second] = shape.slice(-2);
  return transposed ? [second, first] : [first, second];
}

/** Whether tfjs would divide the product along its depth: it has few tiles of 32 × 32, but more numbers than one sum each needs. */
function isDivided(few: number, batch: number, rows: number, columns: number, depth: number): boolean {
  const tiles = Math.ceil(rows / 32) * Math.ceil(columns / 32);
  return batch === 1 && depth >= splitDepth && rows * columns > 128 && tiles <= (rows <= 8 ? 2 * few : few);
}
