// The kernels of language models for one thread. They work in the memory of the tensor backend, which is imported, and
// have no data of their own: arguments, tensors and scratch are where the caller says.
import { call } from './kernels';

export * from './kernels';

/** Runs a kernel over all its items. */
export function run(kernel: i32, args: usize, items: i32, scratch: usize): void {
  call(kernel, args, 0, items, scratch);
}
