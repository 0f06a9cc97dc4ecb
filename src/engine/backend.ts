import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../base/input-error.js';
import { registerGradients } from './gradients.js';
import { countTensorBytes } from './tensor-bytes.js';
import type { Backend, BackendName } from './names.js';

/** What a backend may be told when it is opened. */
export interface BackendOptions {
  /** Threads of the wasm backend, in Node: one for each core by default. A page has one. */
  readonly threads?: number;
}

/**
 * Makes one backend current and registers what training needs on it. `auto` takes the GPU if there is a real one, and
 * otherwise WebAssembly; a software adapter is used only when `webgpu` is asked for by name.
 * @throws InputError when `webgpu` is asked for and no adapter answers
 */
export async function openBackend(name: BackendName, options: BackendOptions = {}): Promise<Backend> {
  registerGradients();
  countTensorBytes();
  if (name === 'cpu') return openCpu();
  if (name === 'wasm') return openWasm(options);
  const { requestAdapter, openWebGpu } = await import('./webgpu.js');
  const found = await requestAdapter();
  if (name === 'webgpu') {
    if (found === undefined) throw new InputError('--backend', name, await withoutAdapter());
    return openWebGpu(found);
  }
  if (found !== undefined && !found.software) return openWebGpu(found);
  found?.release();
  return openWasm(options);
}

/** What was expected where no adapter answered, with the reason. */
async function withoutAdapter(): Promise<string> {
  const none = 'a WebGPU adapter, and none was found';
  // A page knows no reason; nor is Vulkan one outside Linux.
  if (!('process' in globalThis) || process.platform !== 'linux') return `${none}; wasm needs none`;
  const { vulkanProblem } = await import('./vulkan-drivers.js');
  return `${none}: ${vulkanProblem()}; wasm needs none`;
}

async function openCpu(): Promise<Backend> {
  await import('@tensorflow/tfjs-backend-cpu');
  const { registerCpuTargetLogProbability } = await import('./cpu-target-log-probability.js');
  registerCpuTargetLogProbability();
  await use('cpu');
  // Its advice to install another backend is not for the reader of our output.
  Object.assign(tf.backend(), { firstUse: false });
  return { name: 'cpu', description: 'cpu: plain JavaScript, the slow reference', close: () => undefined };
}

async function openWasm(options: BackendOptions): Promise<Backend> {
  const { startWasm } = await import('./wasm.js');
  const { threads } = await startWasm(options.threads ?? (await threadCount()));
  return {
    name: 'wasm',
    description: `wasm: WebAssembly with SIMD, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    close: () => undefined,
  };
}

/** The cores of this process in Node, 1 in a page. */
async function threadCount(): Promise<number> {
  return 'process' in globalThis ? (await import('../base/cores.js')).cores() : 1;
}

async function use(name: string): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error(`the ${name} backend did not start`);
  await tf.ready();
}
