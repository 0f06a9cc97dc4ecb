import type { Stages } from '../../schedule/schedule.js';
import { estimate, type Estimate } from '../../base/statistics.js';
import type { Trajectory } from './trajectory.js';

/**
 * What a schedule in two stages forgets: the rise of the first stage's objective from the end of that stage to the end of
 * the run, over the seeds of an ensemble; below 0 where stage two lowers it.
 * @param record the steps after which the trajectories were recorded, among them the last of stage one
 */
export function riseThroughStageTwo(
  trajectories: readonly Trajectory[],
  record: readonly number[],
  { first, switchAfter }: Pick<Stages, 'first' | 'switchAfter'>,
): Estimate {
  const [from, to] = [record.indexOf(switchAfter), record.length - 1].map((at) => 2 * at + (first === 'dpo' ? 0 : 1));
  if (from < 0) throw new Error(`the end of stage one, step ${switchAfter}, was not recorded`);
  return estimate(trajectories.map(({ values }) => values[to] - values[from]));
}

/**
 * A trajectory as if only some of its steps had been recorded.
 * @param record the steps after which it was recorded
 * @param kept those of them that remain, ascending
 */
export function atSteps(trajectory: Trajectory, record: readonly number[], kept: readonly number[]): Trajectory {
  if (kept.length === record.length) return trajectory;
  const remaining = new Set(kept);
  const of = (numbers: Float64Array): Float64Array => {
    const width = numbers.length / record.length;
    return numbers.filter((_, i) => remaining.has(record[Math.floor(i / width)]));
  };
  const { values, averageValues, points } = trajectory;
  return { ...trajectory, values: of(values), averageValues: of(averageValues), points: of(points) };
}
