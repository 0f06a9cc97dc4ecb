import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/input-error.js';
import { grouped } from '../base/grouped.js';
import type { Stage, Work } from '../cluster/work.js';
import { isFree } from '../llm/results/attempt.js';
import { checkContents, isFinishedFolder } from '../llm/results/contents.js';
import { checkRun } from '../llm/results/run-folder.js';
import type { Planned } from './make-runs.js';

/** The last stage of an experiment: result tables, summary and figures, by the command itself. */
const lastStage = 'tables';

/** Larger files, weights of large models, are not read to say whether a run is finished: their size is looked at. */
const digested = 1 << 24;

/**
 * Whether a run has finished.
 * Throws an InputError naming the file where one of its folder is damaged, as whoever reads it would.
 */
async function isFinishedRun(folder: string): Promise<boolean> {
  if (isFree(folder)) return false;
  await checkRun(folder, { digested });
  return true;
}

/** Whether the tables of an experiment are as they were written. They are made anew where they are not. */
async function isWhole(out: string): Promise<boolean> {
  try {
    await checkContents(out, [], { digested });
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/**
 * An experiment as work that several machines share.
 * @param summary the file of its folder that is written last
 */
export function experimentWork(out: string, runs: readonly Planned[], summary: string): Work {
  const stages = grouped(runs, ({ stage }) => stage).map((tasks): Stage => {
    const [{ stage: name }] = tasks;
    return {
      name,
      tasks: tasks.map(({ number, name, folder }) => ({ number, name, isFinished: () => isFinishedRun(folder) })),
    };
  });
  const isFinished = async (): Promise<boolean> => {
    const made = runs.every(({ folder }) => !isFree(folder));
    return made && existsSync(join(out, summary)) && isFinishedFolder(out) && isWhole(out);
  };
  return {
    folder: out,
    stages: [...stages, { name: lastStage, tasks: [{ number: undefined, name: lastStage, isFinished }] }],
  };
}
