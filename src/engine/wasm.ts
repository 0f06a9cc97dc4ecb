// Importing this file registers the wasm backend, with the kernels of ours that replace wrong or slow ones.
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf } from './wasm-kernels.js';
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
  return kernelsOf(tf.backend() as unknown as BackendWasm);
}
