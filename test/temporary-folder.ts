import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import { getCurrentTest } from 'vitest/suite';

/** Milliseconds that may pass until an installation's tens of thousands of files are gone. */
const patience = 240_000;

/** A folder of its own for the test that asks, or for its whole file where it is asked for outside; gone at its end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'forgetting-test-'));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  if (getCurrentTest() === undefined) afterAll(remove, patience);
  else onTestFinished(remove, patience);
  return folder;
}
