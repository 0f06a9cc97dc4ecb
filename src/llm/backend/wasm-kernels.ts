import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmModule } from '../../wasm-module.js';
import { binary } from './llm.wasm.js';

/** A kernel of assembly/llm: works on the items from `begin` to before `end` of what `args` describes. */
type Kernel = (args: number, begin: number, end: number, scratch: number) => void;

/** What of tfjs's Emscripten module our kernels need: its allocator and its memory. */
interface EmscriptenModule {
  _malloc(bytes: number): number;
  readonly asm: { readonly memory: WebAssembly.Memory };
}

/** Our kernels in the memory of a wasm backend. */
export interface WasmKernels {
  /** Runs a kernel over `items` items with the given 32-bit arguments. */
  run(kernel: 'matmul', args: readonly number[], items: number): void;
}

const largestArguments = 32;
const known = new WeakMap<BackendWasm, WasmKernels>();

/** The kernels for a backend, instantiated once. */
export function wasmKernels(backend: BackendWasm): WasmKernels {
  const before = known.get(backend);
  if (before !== undefined) return before;
  const module = backend.wasm as unknown as EmscriptenModule;
  const { memory } = module.asm;
  const { exports } = new WebAssembly.Instance(wasmModule(binary), { env: { memory } });
  const { scratchBytes, ...functions } = exports as unknown as { scratchBytes: WebAssembly.Global } & Record<
    'matmul',
    Kernel
  >;
  const args = module._malloc(4 * largestArguments) >>> 0;
  const scratch = module._malloc(scratchBytes.value as number) >>> 0;
  let view = new Int32Array(memory.buffer, args, largestArguments);
  const kernels: WasmKernels = {
    run: (kernel, values, items) => {
      // Growing detaches the memory's earlier buffer.
      if (view.byteLength === 0) view = new Int32Array(memory.buffer, args, largestArguments);
      view.set(values);
      functions[kernel](args, 0, items, scratch);
    },
  };
  known.set(backend, kernels);
  return kernels;
}

/** Where a tensor's values begin in the backend's memory. */
export function addressOf({ dataId }: TensorInfo, backend: BackendWasm): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}
