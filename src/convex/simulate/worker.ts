import { createProblem } from '../problem/create.js';
import type { ProblemData } from '../problem/data.js';
import type { ArenaProblem } from './kernel/arena-problem.js';
import { loadSchedule } from '../../schedule/load.js';
import { runInArena, type Member } from './trajectories.js';
import type { RunSettings, Trajectory } from './trajectory.js';

/** A schedule by its name or the path of a module, and how its runs go. */
export interface EnsembleMember {
  readonly schedule: string;
  readonly settings: RunSettings;
}

/** Some seeds of some ensembles on one problem; plain data, so that a worker can take it. */
export interface EnsembleTask {
  /** Absent where kernels run every member. */
  readonly data?: ProblemData;
  /** The data where kernels read it, if they know its kind and threads can share memory. */
  readonly placed: ArenaProblem | undefined;
  readonly members: readonly EnsembleMember[];
  readonly seeds: readonly number[];
}

/** The members with their schedules loaded. */
export function loadMembers(members: readonly EnsembleMember[]): Promise<Member[]> {
  return Promise.all(
    members.map(async ({ schedule, settings }) => ({ schedule: await loadSchedule(schedule), settings })),
  );
}

/** Runs every member with every seed of the task: a list of trajectories for every seed, in the order of the members. */
export default async function runTask({ data, placed, members, seeds }: EnsembleTask): Promise<Trajectory[][]> {
  const runs = await loadMembers(members);
  const pair = data === undefined ? undefined : await createProblem(data);
  return runInArena(placed, pair, runs, seeds);
}
