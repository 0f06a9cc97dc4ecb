import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A file of the data folder that FORGETTING_DATA names, or undefined where the variable is not set: tests of real data
 * are then skipped. Where it is set, a missing file is an error.
 */
export function dataFile(name: string): string | undefined {
  const folder = process.env.FORGETTING_DATA;
  if (folder === undefined || folder === '') return undefined;
  const path = join(folder, name);
  if (!existsSync(path)) throw new Error(`FORGETTING_DATA: no ${path}`);
  return path;
}
