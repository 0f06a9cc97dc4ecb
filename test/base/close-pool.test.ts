import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Piscina } from 'piscina';
import { expect, it } from 'vitest';
import { closePool } from '../../src/base/close-pool.js';
import { temporaryFolder } from '../temporary-folder.js';

it('an answer on its way when a pool is closed troubles nobody', async () => {
  // The thread answers while this one is busy: the answer is there, and unread, when the pool is closed.
  const answered = new Int32Array(new SharedArrayBuffer(4));
  const filename = join(temporaryFolder(), 'worker.mjs');
  writeFileSync(filename, 'export default ({ cell, tell }) => { if (tell) Atomics.store(cell, 0, 1); };');
  const pool = new Piscina<{ cell: Int32Array; tell: boolean }, void>({ filename, minThreads: 1, maxThreads: 1 });
  await pool.run({ cell: answered, tell: false });
  const errors: unknown[] = [];
  pool.on('error', (error) => errors.push(error));
  const abandoned = pool.run({ cell: answered, tell: true });
  while (Atomics.load(answered, 0) === 0);
  const until = performance.now() + 100;
  while (performance.now() < until);
  await Promise.all([closePool(pool), expect(abandoned).rejects.toThrow()]);
  expect(errors).toEqual([
    expect.objectContaining({ message: expect.stringMatching(/^Unexpected message/) as string }),
  ]);
  expect(pool.listenerCount('error')).toBe(2);
});
