import { afterAll, beforeAll } from 'vitest';
import { openBackend, type BackendOptions } from '../../src/engine/backend.js';
import type { Backend, BackendName } from '../../src/engine/names.js';

/** Opens a backend before the tests of the file or the group that asks, and closes it behind them. */
export function openedBackend(name: BackendName, options: BackendOptions = {}): () => Backend {
  let backend: Backend | undefined;
  beforeAll(async () => {
    backend = await openBackend(name, options);
  });
  afterAll(() => {
    backend?.close();
  });
  return () => {
    if (backend === undefined) throw new Error('it is opened when the tests begin');
    return backend;
  };
}
