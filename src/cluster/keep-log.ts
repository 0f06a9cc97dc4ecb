import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../base/whole-file.js';
import { logFolder, logName } from './folder.js';

/**
 * Makes a task and, where it fails, leaves what it said as its log, for --status to find. Slurm keeps the logs of the tasks
 * that it starts.
 */
export async function keepLog<Result>(folder: string, number: number, make: () => Promise<Result>): Promise<Result> {
  if (process.env.SLURM_JOB_ID !== undefined) return make();
  const path = join(logFolder(folder), logName({ stage: '', offset: 0 }, number));
  try {
    const result = await make();
    rmSync(path, { force: true });
    return result;
  } catch (error) {
    await writeWhole(path, `${error instanceof Error ? error.message : String(error)}\n`);
    throw error;
  }
}
