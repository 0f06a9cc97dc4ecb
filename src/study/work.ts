import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { grouped } from '../base/grouped.js';
import type { Stage, Work } from '../cluster/work.js';
import { isFree } from '../llm/results/attempt.js';
import { isFinishedFolder } from '../llm/results/contents.js';
import type { Planned } from './make-runs.js';

/** The last stage of an experiment: result tables, summary and figures, by the command itself. */
const lastStage = 'tables';

/**
 * An experiment as work that several machines share.
 * @param summary the file of its folder that is written last
 */
export function experimentWork(out: string, runs: readonly Planned[], summary: string): Work {
  const stages = grouped(runs, ({ stage }) => stage).map((tasks): Stage => {
    const [{ stage: name }] = tasks;
    return { name, tasks: tasks.map(({ number, name, folder }) => ({ number, name, finished: !isFree(folder) })) };
  });
  const made = stages.every(({ tasks }) => tasks.every(({ finished }) => finished));
  const finished = made && existsSync(join(out, summary)) && isFinishedFolder(out);
  return {
    folder: out,
    stages: [...stages, { name: lastStage, tasks: [{ number: undefined, name: lastStage, finished }] }],
  };
}
