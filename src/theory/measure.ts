import { chebyshev } from '../convex/optimum/chebyshev.js';
import { schedules } from '../schedule/index.js';
import type { MeasuredRunOptions, RunValues } from './measured-run.js';
import type { ObjectiveName, Schedule, ScheduleSettings } from '../schedule/schedule.js';
import { runTrajectories } from '../convex/simulate/trajectories.js';
import type { RunSettings, Trajectory } from '../convex/simulate/trajectory.js';
import { hasExactMoments } from '../convex/simulate/exact-moments.js';
import { possibleOutcomes } from '../schedule/step.js';
import { choiceTree } from './choice-tree.js';
import { computed, sampled, type Measurement } from './measurement.js';
import { idealValues, type Subject } from './subject.js';
import { firstStage, ownSettingsOf, type DescribedRun } from './described-run.js';
import { exactGap, exactMeanGap, exactOptions, exactSquaredDistance } from './exact-measure.js';
import type { Extent } from './extent.js';
import { freeQuadratics } from './free-quadratics.js';
import { objectivesInOrder } from './sequential-limit.js';

/** The trajectories of an ensemble; a subject without noise under a schedule that draws nothing is run once. */
export function ensemble(subject: Subject, options: MeasuredRunOptions, { seed, seeds }: Extent): Trajectory[] {
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
  const noisy = [bounds.dpo, bounds.sft].some(({ noise, valueDeviation }) => noise !== 0 || valueDeviation > 0);
  const member = { schedule: schedules[schedule], settings: run };
  const draws = pair.objectives.dpo !== pair.objectives.sft && drawsSomewhere(member.schedule, run.schedule);
  const count = draws || noisy ? seeds : 1;
  const each = Array.from({ length: count }, (_, i) => seed + i);
  return runTrajectories(pair, [member], each).map(([run]) => run);
}

/** Whether some step may work on one thing or another. */
function drawsSomewhere(schedule: Schedule, settings: ScheduleSettings): boolean {
  const state = schedule.init(settings);
  for (let t = 1; t <= settings.steps; t++) if (possibleOutcomes(schedule, state, t).length > 1) return true;
  return false;
}

/**
 * A number of a run, in expectation.
 * gap: F_λ(θ_{T+1}) − min F_λ; averageGap: the same at the average of θ_1 … θ_T; meanGap: its mean over θ_1 … θ_T; bestGap: its least over
 * θ_1 … θ_{T+1}; cycleGap: its mean over the starts of cycles; stageTwoGap: its mean over the points of stage two; the same
 * four of F_max; averageFirstGap: f_1 − f_1* at the average point; averageSecondGap: f_2 − f_2(θ_λ*) there; squaredDistance: ‖θ_{T+1} − θ_λ*‖².
 */
export type RunMeasure = RunNumberName | 'squaredDistance';

/** A number of a run that follows from recorded values. */
export type RunNumberName = keyof typeof numbers;

/** One number of one way that a run can go, from the recorded objective values. */
interface RunNumber {
  /** The steps whose values it needs. */
  readonly record: (steps: number, run: DescribedRun) => number[];
  readonly of: (subject: Subject, values: RunValues, run: DescribedRun) => number;
}

const last = (steps: number): number[] => [steps];
const gradientPoints = (steps: number): number[] => Array.from({ length: steps }, (_, t) => t);
const cycleStarts = (steps: number, { cycles = 1 }: DescribedRun): number[] =>
  Array.from({ length: cycles }, (_, c) => (c * steps) / cycles);
const stageTwoPoints = (steps: number, run: DescribedRun): number[] => gradientPoints(steps).slice(firstStage(run));
const allPoints = (steps: number): number[] => Array.from({ length: steps + 1 }, (_, t) => t);

const numbers = {
  gap: { record: last, of: (subject, { values }) => scalarizedGaps(subject, values)[0] },
  averageGap: { record: last, of: (subject, { averageValues }) => scalarizedGaps(subject, averageValues)[0] },
  meanGap: { record: gradientPoints, of: (subject, { values }) => meanOf(scalarizedGaps(subject, values)) },
  cycleGap: { record: cycleStarts, of: (subject, { values }) => meanOf(scalarizedGaps(subject, values)) },
  stageTwoGap: { record: stageTwoPoints, of: (subject, { values }) => meanOf(scalarizedGaps(subject, values)) },
  bestGap: { record: allPoints, of: (subject, { values }) => leastOf(scalarizedGaps(subject, values)) },
  averageFirstGap: {
    record: last,
    of: ({ ideal }, { averageValues }, { order }) => {
      const { first } = objectivesInOrder(order);
      return valueOf(averageValues, first) - ideal[first].value;
    },
  },
  averageSecondGap: {
    record: last,
    of: ({ pair, weightedSum }, { averageValues }, { order }) => {
      const { second } = objectivesInOrder(order);
      return valueOf(averageValues, second) - pair.objectives[second].value(weightedSum.minimizer);
    },
  },
  maxGap: { record: last, of: (subject, { values }) => maxGaps(subject, values)[0] },
  averageMaxGap: { record: last, of: (subject, { averageValues }) => maxGaps(subject, averageValues)[0] },
  meanMaxGap: { record: gradientPoints, of: (subject, { values }) => meanOf(maxGaps(subject, values)) },
  bestMaxGap: { record: allPoints, of: (subject, { values }) => leastOf(maxGaps(subject, values)) },
} satisfies Record<string, RunNumber>;

/**
 * The measure of a run: by the recursion of the moments where there is one, over the whole tree of choices where the
 * extent asks for that, else over an ensemble.
 */
export function measureRun(subject: Subject, run: DescribedRun, measure: RunMeasure, extent: Extent): Measurement {
  const data = freeQuadratics(subject);
  const { schedule, settings } = exactOptions(subject, run);
  if (
    run.adaptive !== true &&
    data !== undefined &&
    hasExactMoments(schedule, { ...settings, ideal: idealValues(subject) })
  ) {
    if (measure === 'gap') return exactGap(subject, data, run);
    if (measure === 'meanGap') return exactMeanGap(subject, data, run);
    if (measure === 'squaredDistance') return exactSquaredDistance(subject, data, run);
  }
  if (measure === 'squaredDistance') throw new Error('distances are measured by the recursion of the moments alone');
  return simulated(subject, run, measure, extent);
}

/** The measure of a run over an ensemble, or over the whole tree of choices where the extent asks for that. */
export function simulated(subject: Subject, run: DescribedRun, measure: RunNumberName, extent: Extent): Measurement {
  const { record, of }: RunNumber = numbers[measure];
  return expectation(subject, run, record(run.stepSizes.length, run), extent, (values) => of(subject, values, run));
}

/** The expectation of a number of the values recorded at some steps, over an ensemble or over the whole tree of choices. */
export function expectation(
  subject: Subject,
  run: DescribedRun,
  record: readonly number[],
  extent: Extent,
  of: (values: RunValues) => number,
): Measurement {
  const options = { ...runOptions(subject, run), record };
  const error = rounding(subject);
  if (extent.wholeTree !== true) return sampled(ensemble(subject, options, extent).map(of), error);
  let mean = 0;
  for (const { probability, values } of choiceTree(subject, options)) mean += probability * of(values);
  return computed(mean, error);
}

/** The options of a run, and a number of the values that it leaves behind, with a bound on the rounding of that. */
export function numberOf(subject: Subject, run: DescribedRun, measure: RunNumberName) {
  const { record, of }: RunNumber = numbers[measure];
  const options = { ...runOptions(subject, run), record: record(run.stepSizes.length, run) };
  return {
    options,
    of: (values: RunValues): number => of(subject, values, run),
    error: rounding(subject),
    ensemble: (extent: Extent) => ensemble(subject, options, extent),
  };
}

/** One of the two values that were recorded of an objective. */
function valueOf(values: Float64Array, objective: ObjectiveName): number {
  return values[objective === 'dpo' ? 0 : 1];
}

/** Rounding of values of a subject's size, and what the reference values lack to be the minima. */
function rounding({ ideal, weightedSum, chebyshev }: Subject): number {
  const scale = Math.max(1, ...[ideal.dpo, ideal.sft, weightedSum, chebyshev].map(({ value }) => Math.abs(value)));
  return 1e-12 * scale + 2 * (ideal.dpo.certificate + ideal.sft.certificate + chebyshev.certificate);
}

/** A described run as the simulation takes it. */
function runOptions(subject: Subject, run: DescribedRun): MeasuredRunOptions {
  const { schedule, stepSizes, values = 'minibatch', gradientBatch = 'shared', optimumError } = run;
  const { dpo, sft } = idealValues(subject);
  const ideal = { dpo: dpo + (optimumError?.dpo ?? 0), sft: sft + (optimumError?.sft ?? 0) };
  const settings = { ...ownSettingsOf(run), ideal };
  return { schedule, stepSizes, settings, values, gradientBatch, adaptive: run.adaptive === true };
}

/** F_λ − F_λ(θ̂_λ) at every recorded point. */
function scalarizedGaps({ lambda, weightedSum }: Subject, values: Float64Array): Float64Array {
  return Float64Array.from(
    { length: values.length / 2 },
    (_, at) => lambda * values[2 * at] + (1 - lambda) * values[2 * at + 1] - weightedSum.value,
  );
}

/** F_max − F_max(θ̂°) at every recorded point. */
function maxGaps(subject: Subject, values: Float64Array): Float64Array {
  const optima = idealValues(subject);
  return Float64Array.from(
    { length: values.length / 2 },
    (_, at) => chebyshev(subject.lambda, values[2 * at], values[2 * at + 1], optima) - subject.chebyshev.value,
  );
}

function meanOf(gaps: Float64Array): number {
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}

function leastOf(gaps: Float64Array): number {
  return gaps.reduce((least, gap) => Math.min(least, gap), Infinity);
}
