import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import commonJs from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import { wasmModule } from '../base/wasm-module.js';
import { binary } from './team.wasm.js';
import {
  allocate,
  argumentStore,
  setKernels,
  type EmscriptenModule,
  type KernelName,
  type ExportedNumbers,
  type WasmKernels,
  type DividedWork,
} from './wasm-kernels.js';

// What Node imports of a CommonJS module is its export itself.
const emscripten = commonJs as unknown as typeof commonJs.default;

/**
 * The tfjs wasm backend in memory that threads can share, with our kernels on a team of that many threads. tfjs has
 * a build with threads of its own, but leaves it off in Node because its threads keep the process from ending: here
 * its build without them gets shared memory, and helpers that let the process end.
 */
export async function teamBackend(threads: number): Promise<BackendWasm> {
  const path = createRequire(import.meta.url).resolve(
    '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm',
  );
  const compiled = await WebAssembly.compile(withSharedMemory(await readFile(path)));
  const module = (await emscripten({
    instantiateWasm: (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
      void WebAssembly.instantiate(compiled, imports).then(done);
      return {};
    },
  })) as unknown as EmscriptenModule;
  const backend = new BackendWasm(Object.assign(module, { tfjs: bridge(module) }));
  setKernels(backend, team(module, threads));
  return backend;
}

/** The functions through which a tfjs backend speaks with its module. */
function bridge({ cwrap }: EmscriptenModule): BackendWasm['wasm']['tfjs'] {
  const wrapped = (name: string, parameters = 0, returns: 'number' | null = null): unknown =>
    cwrap(name, returns, Array<'number'>(parameters).fill('number'));
  return {
    init: wrapped('init'),
    initWithThreadsCount: wrapped('init_with_threads_count', 1),
    getThreadsCount: wrapped('get_threads_count', 0, 'number'),
    registerTensor: wrapped('register_tensor', 3),
    disposeData: wrapped('dispose_data', 1),
    dispose: wrapped('dispose'),
  } as BackendWasm['wasm']['tfjs'];
}

/**
 * A WebAssembly binary whose own memory is declared shared: one bit of its memory section, which must state a maximum.
 * Source: the binary format of the WebAssembly threads proposal.
 */
function withSharedMemory(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const memorySection = 5;
  let at = 8;
  const number = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < binary.length) {
    const section = binary[at++];
    const size = number();
    const end = at + size;
    if (section === memorySection) {
      if (number() !== 1 || binary[at] !== 1) throw new Error('expected one memory with a maximum');
      const shared = Uint8Array.from(binary);
      shared[at] |= 2;
      return shared;
    }
    at = end;
  }
  throw new Error('expected a memory section');
}

interface TeamExports extends ExportedNumbers<KernelName | 'scratchBytes' | 'boardBytes'> {
  readonly lead: (board: number, kernel: number, args: number, items: number, chunk: number, scratch: number) => number;
}

/** Fewer elementary operations than this are done before a helper would have heard of them. */
const leastShared = 50_000;
/** Several chunks for each thread even out threads that the machine holds up. */
const chunksPerThread = 4;

function team(module: EmscriptenModule, threads: number): WasmKernels {
  const { memory } = module.asm;
  const kernels = wasmModule(binary);
  const { exports } = new WebAssembly.Instance(kernels, { env: { memory } });
  const { lead, ...numbers } = exports as unknown as TeamExports;
  const boardBytes = numbers.boardBytes.value as number;
  const board = allocate(module, boardBytes);
  new Uint8Array(memory.buffer, board, boardBytes).fill(0);
  const scratch = Array.from({ length: threads }, () => allocate(module, numbers.scratchBytes.value as number));
  for (const own of scratch.slice(1)) {
    const workerData = { kernels, memory, board, scratch: own };
    new Worker(helper, { eval: true, workerData, execArgv: [], env: {} }).unref();
  }
  const store = argumentStore(module);
  return {
    threads,
    run: (kernel, args, work) => {
      const done = lead(
        board,
        numbers[kernel].value as number,
        store(args),
        work.items,
        chunkOf(work, threads),
        scratch[0],
      );
      if (done === 0) throw new Error(`the kernel ${kernel} failed on a helper thread`);
    },
  };
}

function chunkOf({ items, operations, unit = 1, leastChunk = unit }: DividedWork, threads: number): number {
  if (threads === 1 || items * operations < leastShared) return items;
  const even = Math.ceil(items / (threads * chunksPerThread));
  return Math.ceil(Math.max(even, leastChunk) / unit) * unit;
}

/** The program of a helper thread, as text: a thread started from a file would need to find it in every build. */
const helper = `
const { workerData: { kernels, memory, board, scratch } } = require('node:worker_threads');
const { help, fail } = new WebAssembly.Instance(kernels, { env: { memory } }).exports;
for (;;) {
  try {
    help(board, scratch);
  } catch {
    fail(board);
  }
}
`;
