import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './names.js';

/** A WebGPU adapter that answered. */
export interface FoundAdapter {
  readonly adapter: GPUAdapter;
  /** Whether it computes on the CPU. */
  readonly software: boolean;
  /** Lets go of the adapter: a process that holds Dawn does not exit. */
  readonly release: () => void;
}

/**
 * The adapter of the machine's fastest GPU, or a software one, or undefined where WebGPU finds none.
 * @param name takes the first adapter with this in its name instead; in Node only
 */
export async function requestAdapter(name?: string): Promise<FoundAdapter | undefined> {
  const provided = await provideWebGpu(name === undefined ? [] : [`adapter=${name}`]);
  if (provided === undefined) return undefined;
  const { gpu, release } = provided;
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (adapter === null) {
    release();
    return undefined;
  }
  const software = adapter.info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe/i.test(description(adapter));
  return { adapter, software, release };
}

/**
 * Runs tensors on the adapter.
 * @param largestBuffer bytes; by default what the adapter offers, and never less than the 128 MiB that WebGPU promises
 */
export async function openWebGpu({ adapter, release }: FoundAdapter, largestBuffer = Infinity): Promise<Backend> {
  // Only after the globals are in place: the backend looks for them when it is imported.
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const { registerWebGpuTargetLogProbability } = await import('./webgpu-target-log-probability.js');
  registerWebGpuTargetLogProbability();
  const { registerWebGpuActivations } = await import('./webgpu-activation.js');
  const { registerWebGpuAttention } = await import('./webgpu-attention.js');
  const { registerWebGpuHalfMatrix } = await import('./webgpu-half-matrix.js');
  const { registerWebGpuMatrixProduct } = await import('./webgpu-matrix-product.js');
  const { registerWebGpuNorms } = await import('./webgpu-norm.js');
  const { registerWebGpuOptimiser } = await import('./webgpu-optimiser.js');
  registerWebGpuActivations();
  registerWebGpuAttention();
  registerWebGpuHalfMatrix();
  registerWebGpuMatrixProduct();
  registerWebGpuNorms();
  registerWebGpuOptimiser();
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: {
      maxBufferSize: Math.min(limits.maxBufferSize, largestBuffer),
      maxStorageBufferBindingSize: Math.min(limits.maxStorageBufferBindingSize, largestBuffer),
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
  // A GPU's errors arrive late and beside the call that caused them; results after one are not to be trusted.
  device.addEventListener('uncapturederror', (event) => {
    throw new Error(`webgpu: ${event.error.message}`);
  });
  if ('webgpu' in tf.engine().registryFactory) tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  if (!(await tf.setBackend('webgpu'))) throw new Error('the webgpu backend did not start');
  await tf.ready();
  return {
    name: 'webgpu',
    description: `webgpu: ${description(adapter)}`,
    close: () => {
      tf.removeBackend('webgpu');
      device.destroy();
      release();
    },
  };
}

/** The names of all adapters of the machine, in Node. */
export async function adapterNames(): Promise<string[]> {
  // Dawn lists them only where it is asked for one that it has not.
  const provided = await provideWebGpu(['adapter=\u0000']);
  if (provided === undefined) return [];
  const refusal = await provided.gpu.requestAdapter().then(
    () => '',
    (error: unknown) => String(error),
  );
  provided.release();
  return Array.from(refusal.matchAll(/ \* backend: '[^']*', name: '([^']*)'/g), ([, name]) => name);
}

/** The adapter in words: vendor, architecture, device and driver, as far as it says. */
export function description({ info }: GPUAdapter): string {
  const parts = [info.vendor, info.architecture, info.device, info.description];
  return parts.filter((part, i) => part !== '' && parts.indexOf(part) === i).join(' ') || 'an adapter without a name';
}

/**
 * Dawn's way to zero the memory of workgroups: a loop in the program. The other, left to the driver, SwiftShader compiles
 * for the better part of a second per program.
 */
const zeroingByLoop = 'disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension';

/**
 * The browser's WebGPU, or where there may be a driver Dawn's put in its place, with what takes that away again.
 * @param options Dawn's
 */
async function provideWebGpu(options: string[]): Promise<{ gpu: GPU; release: () => void } | undefined> {
  const { navigator } = globalThis as { navigator?: { gpu?: GPU } };
  if (navigator?.gpu !== undefined) return { gpu: navigator.gpu, release: () => undefined };
  // A browser that has none.
  if (!('process' in globalThis)) return undefined;
  const { mayHaveVulkan } = await import('./vulkan-drivers.js');
  if (!mayHaveVulkan()) return undefined;
  const { requireOwnGpu } = await import('./slurm-gpus.js');
  requireOwnGpu();
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([zeroingByLoop, ...options]);
  const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { gpu, userAgent: 'node' } });
  const release = (): void => {
    if (before === undefined) Reflect.deleteProperty(globalThis, 'navigator');
    else Object.defineProperty(globalThis, 'navigator', before);
  };
  return { gpu, release };
}
