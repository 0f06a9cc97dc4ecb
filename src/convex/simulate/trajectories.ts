import { isAsDescribed } from '../problem/create.js';
import type { ProblemData } from '../problem/data.js';
import type { ObjectivePair } from '../problem/problem.js';
import { inArena, type ArenaProblem } from './kernel/arena-problem.js';
import { knowsLoss } from './kernel/preference-loss.js';
import { knows, runTogether, type Member } from './kernel/run.js';
import { runTrajectory, type Trajectory } from './trajectory.js';

export type { Member } from './kernel/run.js';

/**
 * Runs of every seed on one problem: a list of trajectories a seed, in the order of the members, those that
 * `runTrajectory` defines, to rounding.
 *
 * Compiled kernels run log-linear pairs and quadratics under this package's schedules, and read every sample once for
 * all of a seed's runs; expressions, pairs that no problem file describes, and a user's own schedules take the reference.
 * @param seeds non-negative safe integers
 */
export function runTrajectories(
  pair: ObjectivePair,
  members: readonly Member[],
  seeds: readonly number[],
): Trajectory[][] {
  return runInArena(isAsDescribed(pair) ? arenaProblem(pair.data) : undefined, pair, members, seeds);
}

/**
 * As `runTrajectories`, on a problem that kernels know already; the pair itself is needed only where `needsReference`.
 */
export function runInArena(
  placed: ArenaProblem | undefined,
  pair: ObjectivePair | undefined,
  members: readonly Member[],
  seeds: readonly number[],
): Trajectory[][] {
  const fast = placed === undefined ? [] : members.filter(knows);
  const found = placed === undefined ? [] : runTogether(placed, fast, seeds);
  return seeds.map((seed, i) =>
    members.map((member) => {
      const known = fast.indexOf(member);
      if (known >= 0) return found[i][known];
      if (pair === undefined) throw new Error(`a run under ${member.schedule.name} needs the pair of objectives`);
      return runTrajectory(pair, member.schedule, member.settings, seed);
    }),
  );
}

/** Whether some of the runs take the reference. */
export function needsReference(placed: ArenaProblem | undefined, members: readonly Member[]): boolean {
  return placed === undefined || !members.every(knows);
}

/** The problem where kernels read it, if they know its kind and its preference loss. */
export function arenaProblem(data: ProblemData): ArenaProblem | undefined {
  if (data.kind === 'expression') return undefined;
  if (data.kind === 'log-linear' && !knowsLoss(data.dpo.loss)) return undefined;
  return inArena(data);
}
