import { requestAdapter } from '../../src/engine/webgpu.js';

/**
 * Whether this machine has a WebGPU adapter, a software one included (VK_ICD_FILENAMES names its driver). Where the
 * environment says CI, its absence is an error; elsewhere the tests that need it are skipped, and say why.
 */
export async function hasWebGpu(): Promise<boolean> {
  const found = await requestAdapter();
  found?.release();
  if (found === undefined && process.env.CI === 'true') throw new Error('no WebGPU adapter: is VK_ICD_FILENAMES set?');
  if (found === undefined) console.warn('skipped on webgpu: no adapter, set VK_ICD_FILENAMES to a software driver');
  return found !== undefined;
}

/** The limit of a test whose programs a software adapter compiles, each for seconds; in milliseconds. */
export const compilingTimeout = 600_000;
