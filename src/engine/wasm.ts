// Importing this file registers the wasm backend, with the kernels of ours that replace wrong or slow ones.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { InputError } from '../base/input-error.js';
import { kernelsOf, type EmscriptenModule } from './wasm-kernels.js';
import { registerWasmActivations } from './wasm-activation.js';
import { registerWasmAttention } from './wasm-attention.js';
import { registerWasmIdentity } from './wasm-identity.js';
import { registerWasmMatrixProduct } from './wasm-matmul.js';
import { registerWasmNorms } from './wasm-norm.js';
import { registerWasmOptimiser } from './wasm-optimiser.js';
import { registerWasmTargetLogProbability } from './wasm-target-log-probability.js';
import { registerWasmOneHot } from './wasm-one-hot.js';

// The build of tfjs with threads does not give out its memory, and our kernels bring threads of their own.
tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
registerWasmIdentity();
registerWasmMatrixProduct();
registerWasmActivations();
registerWasmAttention();
registerWasmNorms();
registerWasmOptimiser();
registerWasmOneHot();
registerWasmTargetLogProbability();

/** Makes the wasm backend current, its kernels on that many threads where they can share memory: in Node. */
export async function startWasm(threads: number): Promise<{ threads: number }> {
  if (threads > 1 && !('wasm' in tf.engine().registry)) {
    const { teamBackend } = await import('./wasm-team.js');
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', () => teamBackend(threads));
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('the wasm backend did not start');
  await tf.ready();
  const backend = tf.backend() as unknown as BackendWasm;
  refuseWithoutRoom(backend.wasm as unknown as EmscriptenModule);
  return kernelsOf(backend);
}

const guarded = new WeakSet<object>();

/** A module takes larger steps of growth for negative ones, and would give out what is in use. */
const largestPiece = 2 ** 31 - 2 ** 20;

/** Has a module refuse where it has no room: tfjs would take the address 0 that it then gives for a place, and write there. */
function refuseWithoutRoom(module: EmscriptenModule): void {
  if (guarded.has(module)) return;
  guarded.add(module);
  const allocate = module._malloc.bind(module);
  module._malloc = (bytes) => {
    const address = bytes <= largestPiece ? allocate(bytes) : 0;
    if (address !== 0 || bytes === 0) return address;
    const room =
      'room in the 4 GiB of the wasm backend, less than 2 GiB of it in one piece: smaller batches, shorter sequences, --recompute or --weights-outside take less';
    throw new InputError('memory', `${Math.ceil(bytes / 2 ** 20)} MiB more`, room);
  };
}
