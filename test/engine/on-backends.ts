import { describe } from 'vitest';
import type { BackendOptions } from '../../src/engine/backend.js';
import type { Backend, BackendName } from '../../src/engine/names.js';
import { hasWebGpu } from '../llm/webgpu.js';
import { openedBackend } from './opened.js';

/** Whether this machine has a WebGPU adapter. */
export const webGpu = await hasWebGpu();

/** Declares the same tests on several backends, each opened once for all of them; webgpu's are skipped where there is none. */
export function describeOnBackends<Name extends BackendName>(
  names: readonly Name[],
  title: string,
  declare: (name: Name, backend: () => Backend) => void,
  options: BackendOptions = {},
): void {
  for (const name of names) {
    describe.skipIf(name === 'webgpu' && !webGpu)(`on ${name}: ${title}`, () => {
      declare(name, openedBackend(name, options));
    });
  }
}
