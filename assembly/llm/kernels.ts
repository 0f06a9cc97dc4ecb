// Every kernel has one form: it works on the items from `begin` to before `end` of what the memory at `args` describes,
// with `scratch` of its own, and what it writes for an item does not depend on which other items it is given.
import {
  targetLogProbability as logProbabilityOfTargets,
  targetLogProbabilityGradient as gradientOfTargets,
} from './cross-entropy';
import { matmul as multiplyMatrices, matmulScratch } from './matmul';

/** The kernels' numbers. */
export const matmul: i32 = 0;
export const targetLogProbability: i32 = 1;
export const targetLogProbabilityGradient: i32 = 2;

/** Bytes of scratch that each thread must bring. */
export const scratchBytes: i32 = matmulScratch;

export function call(kernel: i32, args: usize, begin: i32, end: i32, scratch: usize): void {
  switch (kernel) {
    case matmul:
      return multiplyMatrices(args, begin, end, scratch);
    case targetLogProbability:
      return logProbabilityOfTargets(args, begin, end);
    case targetLogProbabilityGradient:
      return gradientOfTargets(args, begin, end);
    default:
      unreachable();
  }
}
