import { createProblem } from '../problem/create.js';
import type { ProblemData } from '../problem/data.js';
import { loadSchedule } from './load-schedule.js';
import { runTrajectory, type RunSettings, type Trajectory } from './trajectory.js';

/** The runs of some seeds of one ensemble; plain data, so that a worker can take it. */
export interface EnsembleTask {
  readonly data: ProblemData;
  /** A schedule's name, or the path of a module. */
  readonly schedule: string;
  readonly settings: RunSettings;
  readonly seeds: readonly number[];
}

/** Runs every seed of the task, in their order. */
export default async function runTask({ data, schedule, settings, seeds }: EnsembleTask): Promise<Trajectory[]> {
  const [problem, loaded] = [await createProblem(data), await loadSchedule(schedule)];
  return seeds.map((seed) => runTrajectory(problem, loaded, settings, seed));
}
