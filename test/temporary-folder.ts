import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { getCurrentTest } from 'vitest/suite';

/** A folder of its own for the test that asks, or for its whole file where it is asked for outside; gone at its end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'forgetting-test-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  if (getCurrentTest() === undefined) afterAll(remove);
  else onTestFinished(remove);
  return folder;
}
