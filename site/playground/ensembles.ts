import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { compared } from '../../experiments/compared.js';
import type { ScheduleKey } from '../../src/figure/theme.js';
import { InputError } from '../../src/input-error.js';
import { idealValues } from '../../src/bound/subject.js';
import { schedules } from '../../src/schedule/index.js';
import {
  ensembleMeasures,
  measuresOf,
  type EnsembleMeasures,
  type Measures,
  type Optima,
} from '../../src/simulate/measures.js';
import { moments } from '../../src/simulate/statistics.js';
import { stepSizes } from '../../src/simulate/step-size.js';
import { runTrajectory, type RunSettings, type Trajectory } from '../../src/simulate/trajectory.js';
import { recordedSteps, type Curve, type EnsembleSummary, type Job } from './protocol.js';
import { toPlane, type PosedProblem } from './subject.js';

/** What a schedule's seeds say after another slice of them. */
export interface Slice {
  readonly key: ScheduleKey;
  readonly ensemble: EnsembleSummary;
}

/** Milliseconds of runs between two looks at what has been asked since; the first slice is what a drag waits for. */
const [firstSlice, laterSlice] = [8, 60];

/**
 * Runs every schedule's seeds in their order, a slice of time at a schedule's turn, and sums up what they say so far:
 * few seeds at first, all in the end. Between slices the caller may stop.
 */
export function* ensembles(posed: PosedProblem, job: Job, keys: readonly ScheduleKey[]): Generator<Slice> {
  const turns = keys.map((key) => ensemble(posed, job, key));
  while (turns.length > 0) {
    const turn = turns.shift();
    const slice = turn?.next();
    if (turn === undefined || slice?.done !== false) continue;
    yield slice.value;
    turns.push(turn);
  }
}

function* ensemble({ problem, subject, plane }: PosedProblem, job: Job, key: ScheduleKey): Generator<Slice> {
  const { lambda, steps, split, period, batch, seed, seeds } = job;
  const { schedule, order = 'sft-dpo' } = compared[key];
  const ideal = idealValues(subject);
  const optima = {
    lambda,
    ideal,
    weightedSum: subject.weightedSum.value,
    weightedMax: subject.weightedMax.value,
  };
  const record = recordedSteps(job);
  const settings: RunSettings = {
    schedule: { lambda, steps, order, split, period, ideal },
    stepSizes: stepSizes(job.stepSize, steps),
    batch,
    values: 'minibatch',
    gradientBatch: 'shared',
    record,
    recordPoints: true,
  };
  const trajectories: Trajectory[] = [];
  const [path, ends, endValues] = [
    new Float64Array(2 * record.length),
    new Float64Array(2 * seeds),
    new Float64Array(2 * seeds),
  ];
  const { dimension } = problem;
  while (trajectories.length < seeds) {
    const until = performance.now() + (trajectories.length === 0 ? firstSlice : laterSlice);
    do {
      const n = trajectories.length;
      const run = runTrajectory(problem, schedules[schedule], settings, seed + n);
      if (run.divergedAt > 0) {
        const size = settings.stepSizes[run.divergedAt - 1];
        throw new InputError(
          'step-size',
          size,
          `smaller steps: the run of seed ${seed + n} diverged at step ${run.divergedAt}`,
        );
      }
      const pointAt = (at: number): Float64Array => run.points.subarray(at * dimension, (at + 1) * dimension);
      if (n === 0)
        record.forEach((_, at) => {
          path.set(toPlane(plane, pointAt(at)), 2 * at);
        });
      ends.set(toPlane(plane, pointAt(record.length - 1)), 2 * n);
      endValues.set(run.values.subarray(-2), 2 * n);
      trajectories.push({ ...run, points: noPoints });
    } while (trajectories.length < seeds && performance.now() < until);
    const done = trajectories.length;
    yield {
      key,
      ensemble: {
        seeds: done,
        steps: record,
        curves: curvesOf(trajectories, record.length, optima),
        final: ensembleMeasures(trajectories, record.length - 1, optima),
        gradients: trajectories[0].gradients,
        evaluations: trajectories[0].evaluations,
        path,
        ends: ends.slice(0, 2 * done),
        endValues: endValues.slice(0, 2 * done),
      },
    };
  }
}

const noPoints = new Float64Array(0);

/** Means and 95 % intervals of every measure at every recorded step, as `ensembleMeasures` has them at one. */
function curvesOf(
  trajectories: readonly Trajectory[],
  length: number,
  optima: Optima,
): Record<keyof EnsembleMeasures, Curve> {
  const count = trajectories.length;
  const quantile = count < 2 ? NaN : tQuantile(0.975, count - 1);
  const curve = (): Curve => ({
    mean: new Float64Array(length),
    low: new Float64Array(length),
    high: new Float64Array(length),
  });
  const curves = {
    gap: curve(),
    averageGap: curve(),
    maxGap: curve(),
    averageMaxGap: curve(),
    dpo: curve(),
    sft: curve(),
    idealDistance: curve(),
  };
  const [last, average] = [new Array<Measures>(count), new Array<Measures>(count)];
  const samples = new Float64Array(count);
  const sumUp = (into: Curve, at: number, points: readonly Measures[], measure: keyof Measures): void => {
    for (let n = 0; n < count; n++) samples[n] = points[n][measure];
    const { mean, standardError } = moments(samples);
    into.mean[at] = mean;
    into.low[at] = mean - quantile * standardError;
    into.high[at] = mean + quantile * standardError;
  };
  for (let at = 0; at < length; at++) {
    trajectories.forEach(({ values, averageValues }, n) => {
      last[n] = measuresOf({ dpo: values[2 * at], sft: values[2 * at + 1] }, optima);
      average[n] = measuresOf({ dpo: averageValues[2 * at], sft: averageValues[2 * at + 1] }, optima);
    });
    for (const measure of ofLast) sumUp(curves[measure], at, last, measure);
    sumUp(curves.averageGap, at, average, 'gap');
    sumUp(curves.averageMaxGap, at, average, 'maxGap');
  }
  return curves;
}

const ofLast = ['gap', 'maxGap', 'dpo', 'sft', 'idealDistance'] as const;
