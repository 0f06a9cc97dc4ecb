import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { compared } from '../../experiments/compared.js';
import { schedules } from '../../src/schedule/index.js';
import type { ScheduleKey } from '../../src/schedule/key.js';
import type { Schedule } from '../../src/schedule/schedule.js';
import {
  ensembleMeasures,
  measuresOf,
  type EnsembleMeasures,
  type Measures,
  type Optima,
} from '../../src/convex/simulate/measures.js';
import { certificatesOf, gapWarnings } from '../../src/convex/simulate/certified-gap.js';
import { checkConverged } from '../../src/convex/simulate/converged.js';
import { conflictRanges, forgettingKl, normalizedIdealDistance } from '../../src/convex/simulate/scale-free.js';
import { estimate, moments } from '../../src/base/statistics.js';
import { stepSizes } from '../../src/schedule/step-size.js';
import { arenaProblem, runInArena, type Member } from '../../src/convex/simulate/trajectories.js';
import type { Trajectory } from '../../src/convex/simulate/trajectory.js';
import { recordedSteps, type MeanCurve, type EnsembleSummary, type Job } from './protocol.js';
import { defaultsOf } from './own-schedule.js';
import { toPlane, type PosedProblem } from './subject.js';

/** What a schedule's seeds say so far. */
export interface Slice {
  readonly key: string;
  readonly ensemble: EnsembleSummary;
}

/** Milliseconds of runs between two looks at what has been asked since, and between two summaries after the first. */
const [slice, betweenSummaries] = [6, 80];

/**
 * Runs every seed of some schedules in their order, and sums up from time to time what they say so far: few seeds at
 * first, all in the end. Between slices, of which many bring no summary, the caller may stop.
 * Throws an InputError naming the step at which a run diverged.
 * @param own the visitor's own schedules by their keys
 */
export function* ensembles(
  posed: PosedProblem,
  job: Job,
  keys: readonly string[],
  own: ReadonlyMap<string, Schedule>,
): Generator<readonly Slice[]> {
  const { problem } = posed;
  const { lambda, steps, split, period, batch, seed, seeds } = job;
  const { ideal } = posed.optima.values;
  const record = recordedSteps(job);
  const members = keys.map((key): Member => {
    const { schedule, settings } = chosen(key);
    return {
      schedule,
      settings: {
        schedule: { lambda, steps, ideal, ...settings },
        stepSizes: stepSizes(job.stepSize, steps),
        batch,
        values: 'minibatch',
        gradientBatch: 'shared',
        record,
        recordPoints: true,
      },
    };
  });
  const placed = arenaProblem(problem.data);
  const gathered = keys.map(() => gather(posed, record));
  let summaryDue = 0;
  for (let done = 0; done < seeds;) {
    const until = performance.now() + slice;
    do {
      const [runs] = runInArena(placed, problem, members, [seed + done]);
      runs.forEach((run, i) => {
        checkConverged(run, members[i].settings, seed + done);
        gathered[i].add(run);
      });
      done++;
    } while (done < seeds && performance.now() < until);
    if (done < seeds && performance.now() < summaryDue) {
      yield [];
      continue;
    }
    yield keys.map((key, i) => ({ key, ensemble: gathered[i].summary() }));
    summaryDue = performance.now() + betweenSummaries;
  }

  /** The schedule of a key and its own settings, as the command that the page shows gives them. */
  function chosen(key: string): { schedule: Schedule; settings: Readonly<Record<string, unknown>> } {
    const visitors = own.get(key);
    if (visitors !== undefined) return { schedule: visitors, settings: defaultsOf(visitors) };
    const { schedule, ...fixed } = compared[key as ScheduleKey];
    return { schedule: schedules[schedule], settings: { split, period, ...fixed } };
  }
}

/** Gathers the runs of one schedule: what they say together, the first one's path, and where each ends in the plane. */
function gather(
  { problem, optima: certified, plane }: PosedProblem,
  record: readonly number[],
): { add(run: Trajectory): void; summary(): EnsembleSummary } {
  const { dimension } = problem;
  const optima = certified.values;
  const ranges = conflictRanges(certified);
  const trajectories: Trajectory[] = [];
  const path = new Float64Array(2 * record.length);
  const [ends, endValues]: [number[], number[]] = [[], []];
  const last = record.length - 1;
  return {
    add(run) {
      const pointAt = (at: number): Float64Array => run.points.subarray(at * dimension, (at + 1) * dimension);
      if (trajectories.length === 0)
        record.forEach((_, at) => {
          path.set(toPlane(plane, pointAt(at)), 2 * at);
        });
      ends.push(...toPlane(plane, pointAt(last)));
      endValues.push(run.values[2 * last], run.values[2 * last + 1]);
      trajectories.push({ ...run, points: noPoints });
    },
    summary() {
      const final = ensembleMeasures(trajectories, last, optima);
      return {
        seeds: trajectories.length,
        steps: record,
        curves: curvesOf(trajectories, record.length, optima),
        final,
        scaleFree: scaleFree(),
        certificates: certificatesOf(optima),
        warnings: gapWarnings(final, optima),
        gradients: trajectories[0].gradients,
        evaluations: trajectories[0].evaluations,
        path,
        ends: Float64Array.from(ends),
        endValues: Float64Array.from(endValues),
      };
    },
  };

  /** What does not depend on the scales of the objectives, where it is known. */
  function scaleFree(): EnsembleSummary['scaleFree'] {
    const points = trajectories.map(({ values }) => ({ dpo: values[2 * last], sft: values[2 * last + 1] }));
    const kl = forgettingKl(
      problem,
      certified,
      points.map(({ sft }) => sft),
    );
    return {
      ...(ranges !== undefined && {
        normalizedIdealDistance: estimate(points.map((point) => normalizedIdealDistance(point, optima.ideal, ranges))),
      }),
      ...(kl !== undefined && { forgettingKl: kl }),
    };
  }
}

const noPoints = new Float64Array(0);

/** Means and 95 % intervals of every measure at every recorded step, as `ensembleMeasures` has them at one. */
function curvesOf(
  trajectories: readonly Trajectory[],
  length: number,
  optima: Optima,
): Record<keyof EnsembleMeasures, MeanCurve> {
  const count = trajectories.length;
  const quantile = count < 2 ? NaN : tQuantile(0.975, count - 1);
  const curve = (): MeanCurve => ({
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
  const sumUp = (into: MeanCurve, at: number, points: readonly Measures[], measure: keyof Measures): void => {
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
