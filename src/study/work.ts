import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage, Work } from '../cluster/work.js';
import { isFree } from '../llm/results/attempt.js';
import { isFinishedFolder } from '../llm/results/contents.js';
import { runStages, type PlannedRun } from './planned-runs.js';

/** The last stage of an experiment: result tables, summary and figures, by the command itself. */
const lastStage = 'tables';

/** An experiment as work that several machines share. */
export function experimentWork(out: string, runs: readonly PlannedRun[]): Work {
  const stages = runStages.map((name): Stage => {
    const tasks = runs.filter(({ stage }) => stage === name);
    return {
      name,
      tasks: tasks.map(({ number, name, folder }) => ({ number, name, finished: !isFree(folder) })),
    };
  });
  const made = stages.every(({ tasks }) => tasks.every(({ finished }) => finished));
  const finished = made && existsSync(join(out, 'summary.json')) && isFinishedFolder(out);
  return {
    folder: out,
    stages: [...stages, { name: lastStage, tasks: [{ number: undefined, name: lastStage, finished }] }],
  };
}
