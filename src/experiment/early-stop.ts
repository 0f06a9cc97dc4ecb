import { createProblem } from '../convex/problem/create.js';
import type { ProblemData } from '../convex/problem/data.js';
import { judged } from '../remedy/judge.js';
import { isReason } from '../remedy/limit.js';
import { setup } from '../remedy/setup.js';
import { stageTwoPath } from '../remedy/stage-two-path.js';
import type { ExperimentContext } from './experiment.js';
import { siblingModule, taskResult } from './task.js';

/** The gap along the noiseless path of stage two, as a part of that of Sequential's limit. */
export interface StageTwoGaps {
  /** After 0, 1, … steps. */
  readonly parts: readonly number[];
  /** The gap of Sequential's limit. */
  readonly sequentialGap: number;
}

/** Plain data for a worker. */
export interface StageTwoGapsTask {
  readonly data: ProblemData;
  readonly lambda: number;
  /** Of stage two. */
  readonly steps: number;
  readonly stepSize: number;
}

/** The gaps along stage two, computed once. */
export function stageTwoGaps(context: ExperimentContext, task: StageTwoGapsTask): Promise<StageTwoGaps> {
  return taskResult(context, { module, name: 'gapsAlongPath' }, task, (found: StageTwoGaps) => found);
}

const module = siblingModule('./early-stop', import.meta.url);

/** Follows stage two from the minimiser of f_SFT. */
export async function gapsAlongPath({ data, lambda, steps, stepSize }: StageTwoGapsTask): Promise<StageTwoGaps> {
  const problem = await createProblem(data);
  const of = setup(problem, { lambda, steps, split: [0, steps], stepSize: String(stepSize), seeds: 1 });
  if (isReason(of.stageTwo)) throw new Error(`no limit of Sequential: ${of.stageTwo.reason}`);
  const { gap: sequentialGap } = judged(of, of.stageTwo);
  const { values } = stageTwoPath(of);
  const least = of.optima.values.weightedSum;
  const parts = Array.from({ length: steps + 1 }, (_, s) => {
    const value = lambda * values[2 * s] + (1 - lambda) * values[2 * s + 1];
    return Math.max(0, value - least) / sequentialGap;
  });
  return { parts, sequentialGap };
}
