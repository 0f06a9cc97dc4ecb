import { isAsDescribed } from '../problem/create.js';
import type { ProblemData } from '../problem/data.js';
import type { ObjectivePair } from '../problem/problem.js';
import { placeProblem, type PlacedProblem } from './kernel/place.js';
import { knows, runTogether, type Member } from './kernel/run.js';
import { runTrajectory, type Trajectory } from './trajectory.js';

export type { Member } from './kernel/run.js';

/**
 * Runs of one seed on one problem, in the order given: the trajectories that `runTrajectory` defines, to rounding.
 *
 * Compiled kernels run log-linear pairs and quadratics under this package's schedules, and read every sample once for
 * all of the runs; expressions, pairs that no problem file describes, and a user's own schedules take the reference.
 * @param seed a non-negative safe integer
 */
export function runTrajectories(pair: ObjectivePair, members: readonly Member[], seed: number): Trajectory[] {
  return runPlaced(isAsDescribed(pair) ? placedProblem(pair.data) : undefined, pair, members, seed);
}

/**
 * As `runTrajectories`, on a problem that kernels know already; the pair itself is needed only where `needsReference`.
 */
export function runPlaced(
  placed: PlacedProblem | undefined,
  pair: ObjectivePair | undefined,
  members: readonly Member[],
  seed: number,
): Trajectory[] {
  const fast = placed === undefined ? [] : members.filter(knows);
  const found = new Map<Member, Trajectory>();
  if (placed !== undefined) runTogether(placed, fast, seed).forEach((run, i) => found.set(fast[i], run));
  return members.map((member) => {
    const known = found.get(member);
    if (known !== undefined) return known;
    if (pair === undefined) throw new Error(`a run under ${member.schedule.name} needs the pair of objectives`);
    return runTrajectory(pair, member.schedule, member.settings, seed);
  });
}

/** Whether some of the runs take the reference. */
export function needsReference(placed: PlacedProblem | undefined, members: readonly Member[]): boolean {
  return placed === undefined || !members.every(knows);
}

/** The problem where kernels read it, if they know its kind. */
export function placedProblem(data: ProblemData): PlacedProblem | undefined {
  return data.kind === 'expression' ? undefined : placeProblem(data);
}
