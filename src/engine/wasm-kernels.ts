import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { getKernel, registerKernel, unregisterKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { wasmModule } from '../base/wasm-module.js';
import { binary } from './alone.wasm.js';

/** The kernels of assembly/llm/kernels.ts. */
export type KernelName =
  | 'matmul'
  | 'gelu'
  | 'silu'
  | 'norm'
  | 'normGradient'
  | 'normWeightGradient'
  | 'adamw'
  | 'squareSums'
  | 'columnSums'
  | 'targetLogProbability'
  | 'targetLogProbabilityGradient'
  | 'attention'
  | 'attentionGradient'
  | 'unpack';

/** How a kernel's items may be divided among threads. */
export interface DividedWork {
  readonly items: number;
  /** Elementary operations on one item: work that is too small stays on one thread. */
  readonly operations: number;
  /** Chunks begin at multiples of this many items; 1 by default. */
  readonly unit?: number;
  /** The fewest items worth a chunk; the unit by default. */
  readonly leastChunk?: number;
}

/** Our kernels in the memory of a wasm backend. */
export interface WasmKernels {
  readonly threads: number;
  /** Runs a kernel with the given 32-bit arguments and returns when it is done. */
  run(kernel: KernelName, args: readonly number[], work: DividedWork): void;
}

/** What of tfjs's Emscripten module we need beside what tfjs declares: its functions by name and its memory. */
export interface EmscriptenModule {
  readonly cwrap: (name: string, returns: 'number' | null, parameters: 'number'[]) => unknown;
  _malloc: (bytes: number) => number;
  readonly asm: { readonly memory: WebAssembly.Memory };
}

/** Numbers that a kernels' module exports: each kernel's own, and sizes. */
export type ExportedNumbers<Name extends string> = Readonly<Record<Name, WebAssembly.Global>>;

const known = new WeakMap<BackendWasm, WasmKernels>();

/** The kernels of a backend: those it was given, or its own on one thread. */
export function kernelsOf(backend: BackendWasm): WasmKernels {
  const before = known.get(backend);
  if (before !== undefined) return before;
  const kernels = aloneKernels(backend.wasm as unknown as EmscriptenModule);
  known.set(backend, kernels);
  return kernels;
}

/** Gives a backend its kernels. */
export function setKernels(backend: BackendWasm, kernels: WasmKernels): void {
  known.set(backend, kernels);
}

interface AloneExports extends ExportedNumbers<KernelName | 'scratchBytes'> {
  readonly run: (kernel: number, args: number, items: number, scratch: number) => void;
}

function aloneKernels(module: EmscriptenModule): WasmKernels {
  const { memory } = module.asm;
  const instance = new WebAssembly.Instance(wasmModule(binary), { env: { memory } });
  const { run, ...numbers } = instance.exports as unknown as AloneExports;
  const scratch = allocate(module, numbers.scratchBytes.value as number);
  const store = argumentStore(module);
  return {
    threads: 1,
    run: (kernel, args, { items }) => {
      run(numbers[kernel].value as number, store(args), items, scratch);
    },
  };
}

/** Memory of the backend, for ever. */
export function allocate(module: EmscriptenModule, bytes: number): number {
  const address = module._malloc(bytes) >>> 0;
  if (address === 0) throw new Error(`the wasm backend has no room for ${bytes} bytes`);
  return address;
}

const mostArguments = 32;

/** A place for a kernel's arguments; returns its address. */
export function argumentStore(module: EmscriptenModule): (args: readonly number[]) => number {
  const { memory } = module.asm;
  const address = allocate(module, 4 * mostArguments);
  let view = new Int32Array(memory.buffer, address, mostArguments);
  return (args) => {
    // Growing detaches a memory's earlier buffer.
    if (view.byteLength === 0) view = new Int32Array(memory.buffer, address, mostArguments);
    view.set(args);
    return address;
  };
}

const [float, bits] = ((): [Float32Array, Int32Array] => {
  const numbers = new Float32Array(1);
  return [numbers, new Int32Array(numbers.buffer)];
})();

/** A float32 as the 32-bit argument that it is passed in. */
export function floatArgument(value: number): number {
  float[0] = value;
  return bits[0];
}

/** Registers a tfjs kernel for the wasm backend in place of the one it may have. Call before the backend is set. */
export function registerWasmKernel(
  kernelName: string,
  run: (inputs: never, backend: BackendWasm, attributes: never) => TensorInfo | TensorInfo[],
): void {
  if ((getKernel(kernelName, 'wasm') as unknown) !== undefined) unregisterKernel(kernelName, 'wasm');
  registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => run(inputs as never, backend as unknown as BackendWasm, attrs as never),
  });
}

/** Where a tensor's values begin in the backend's memory. */
export function addressOf({ dataId }: TensorInfo, backend: BackendWasm): number {
  const { memoryOffset, dtype } = backend.dataIdMap.get(dataId);
  if (dtype === 'string') throw new Error('the values of this tensor are not in the memory of the wasm backend');
  return memoryOffset;
}
