// The kernels of language models. They work in the memory of the tensor backend, which is imported, and have no data of
// their own: arguments, tensors and scratch are where the caller says.
import { matmulScratch } from './matmul';

export { matmul } from './matmul';

/** Bytes of memory that each thread must bring. */
export const scratchBytes: i32 = matmulScratch;
