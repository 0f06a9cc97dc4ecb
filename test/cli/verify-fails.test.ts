import { afterEach, expect, test, vi } from 'vitest';
import { theorems } from '../../src/theory/registry.js';
import type { CheckTask } from '../../src/theory/verify/verify-worker.js';
import { checkSubject, selected } from '../../src/theory/verify/verify.js';
import { verifyCommand } from '../../src/cli/convex/verify.js';

let factor = 1;

// The command itself, with a bound that is multiplied by the factor, measured in this thread.
vi.mock('../../src/theory/verify/check-pool.js', () => ({
  createCheckPool: () => ({
    workers: 1,
    check: ({ key, ids, extent }: CheckTask) => {
      const changed = selected(theorems, ids).map((theorem) => ({
        ...theorem,
        value: (constants: Parameters<typeof theorem.value>[0]) => factor * theorem.value(constants),
      }));
      return checkSubject(changed, key, extent);
    },
    destroy: () => Promise.resolve(),
  }),
}));

afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

test.each([
  [1, 0, /\d+ hold, 0 fail/],
  [0.999, 1, /FAILS(.|\n)* [1-9]\d* fail/],
])('with the bounds of W times %f the command ends with exit code %i', async (times, code, shown) => {
  factor = times;
  process.exitCode = 0;
  let printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  await verifyCommand().parseAsync(['--quick', '--only', 'W'], { from: 'user' });
  expect(process.exitCode).toBe(code);
  expect(printed).toMatch(shown);
});
