import { weightedMax } from '../convex/optimum/weighted-max.js';
import { schedules } from '../schedule/index.js';
import type { ScheduleSettings } from '../schedule/schedule.js';
import { runTrajectories } from '../convex/simulate/trajectories.js';
import type { RunSettings, Trajectory } from '../convex/simulate/trajectory.js';
import { choiceTree } from './choice-tree.js';
import { computed, sampled, type Measurement } from './measurement.js';
import { idealValues, type Subject } from './subject.js';
import type { Extent } from './theorem.js';

/** How an ensemble is run; the rest follows from the subject. */
export interface RunOptions extends Partial<Pick<RunSettings, 'values' | 'gradientBatch' | 'record' | 'recordPoints'>> {
  readonly schedule: string;
  readonly stepSizes: Float64Array;
  readonly settings?: Partial<ScheduleSettings>;
}

/** The objective values that a run leaves behind, as in `Trajectory`. */
export type RunValues = Pick<Trajectory, 'values' | 'averageValues'>;

/** The trajectories of an ensemble; a subject without noise under a schedule that draws nothing is run once. */
export function ensemble(subject: Subject, options: RunOptions, { seed, seeds }: Extent): Trajectory[] {
  const { schedule, stepSizes, settings = {}, record = [stepSizes.length], ...rest } = options;
  const { lambda, pair, bounds } = subject;
  const run: RunSettings = {
    schedule: { lambda, steps: stepSizes.length, ideal: idealValues(subject), ...settings },
    stepSizes,
    batch: 1,
    values: 'full',
    gradientBatch: 'fresh',
    record,
    ...rest,
  };
  const draws = schedule === 'alright' && lambda > 0 && lambda < 1 && pair.objectives.dpo !== pair.objectives.sft;
  const noisy = [bounds.dpo, bounds.sft].some(({ noise, valueDeviation }) => noise !== 0 || valueDeviation > 0);
  const count = draws || noisy ? seeds : 1;
  const member = { schedule: schedules[schedule], settings: run };
  const each = Array.from({ length: count }, (_, i) => seed + i);
  return runTrajectories(pair, [member], each).map(([run]) => run);
}

/** E F_λ(θ_{T+1}) − F_λ(θ̂_λ). */
export function lastGap(subject: Subject, options: RunOptions, extent: Extent): Measurement {
  return expectation(subject, options, extent, ({ values }) => weightedGap(subject, values));
}

/** E F_λ(θ̄) − F_λ(θ̂_λ), θ̄ the average of θ_1 … θ_T. */
export function averageGap(subject: Subject, options: RunOptions, extent: Extent): Measurement {
  return expectation(subject, options, extent, ({ averageValues }) => weightedGap(subject, averageValues));
}

/** E of the mean over θ_1 … θ_T of F_max(θ_t) − F_max(θ̂°). */
export function meanMaxGap(subject: Subject, options: RunOptions, extent: Extent): Measurement {
  const record = Array.from(options.stepSizes, (_, t) => t);
  const optima = idealValues(subject);
  return expectation(subject, { ...options, record }, extent, ({ values }) => {
    let sum = 0;
    for (let at = 0; at < record.length; at++) {
      sum += weightedMax(subject.lambda, values[2 * at], values[2 * at + 1], optima) - subject.weightedMax.value;
    }
    return sum / record.length;
  });
}

/** The expectation of a number of a run: over seeds, or over the whole tree of choices where that is asked for. */
function expectation(
  subject: Subject,
  options: RunOptions,
  extent: Extent,
  numberOf: (values: RunValues) => number,
): Measurement {
  const { ideal, weightedSum, weightedMax } = subject;
  const scale = Math.max(1, ...[ideal.dpo, ideal.sft, weightedSum, weightedMax].map(({ value }) => Math.abs(value)));
  // Rounding of values of this size, and what the reference values lack to be the minima.
  const error = 1e-12 * scale + 2 * (ideal.dpo.certificate + ideal.sft.certificate + weightedMax.certificate);
  if (extent.wholeTree !== true) return sampled(ensemble(subject, options, extent).map(numberOf), error);
  let mean = 0;
  for (const { probability, values } of choiceTree(subject, options)) mean += probability * numberOf(values);
  return computed(mean, error);
}

function weightedGap({ lambda, weightedSum }: Subject, values: Float64Array): number {
  return lambda * values[0] + (1 - lambda) * values[1] - weightedSum.value;
}

/** T equal step sizes. */
export function constantSteps(stepSize: number, steps: number): Float64Array {
  return new Float64Array(steps).fill(stepSize);
}

/** Linear decay of T steps to be measured at the point after them: α (T + 1 − t)/(T + 1). */
export function linearSteps(stepSize: number, steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, i) => (stepSize * (steps - i)) / (steps + 1));
}

/** 1 + 1/2 + … + 1/n. */
export function harmonic(n: number): number {
  let sum = 0;
  for (let i = n; i >= 1; i--) sum += 1 / i;
  return sum;
}
