import type { QuadraticData } from '../convex/problem/data.js';
import { schedules } from '../schedule/index.js';
import { exactGaps, exactMoments } from '../convex/simulate/exact-moments.js';
import { ownSettingsOf, type DescribedRun } from './described-run.js';
import { computed, type Measurement } from './measurement.js';
import type { Subject } from './subject.js';

/** E F_λ(θ_{T+1}) − min F_λ, by the recursion of the moments. */
export function exactGap(subject: Subject, data: QuadraticData, run: DescribedRun): Measurement {
  const gap = gapsAt(subject, data, run, [run.stepSizes.length])[0];
  return computed(gap, 1e-9 * Math.max(1, Math.abs(gap)));
}

/** The mean over θ_1 … θ_T of E F_λ(θ_t) − min F_λ, by the recursion of the moments. */
export function exactMeanGap(subject: Subject, data: QuadraticData, run: DescribedRun): Measurement {
  const record = Array.from(run.stepSizes, (_, t) => t);
  const gaps = gapsAt(subject, data, run, record);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return computed(mean, 1e-9 * mean + subject.weightedSum.certificate);
}

/** E‖θ_{T+1} − θ_λ*‖², by the recursion of the moments. */
export function exactSquaredDistance(subject: Subject, data: QuadraticData, run: DescribedRun): Measurement {
  const { dimension } = data;
  const origin = subject.weightedSum.minimizer;
  const steps = run.stepSizes.length;
  let trace = 0;
  exactMoments(data, { ...exactOptions(subject, run), origin }, (step, _mean, second) => {
    if (step === steps) {
      for (let i = 0; i < dimension; i++) trace += second[i * dimension + i];
    }
    return true;
  });
  // The iterates carry rounding of their own size, squared here.
  const scale = Math.max(1, Math.hypot(...data.start), Math.hypot(...origin));
  return computed(trace, 1e-9 * trace + (1e-14 * scale) ** 2);
}

function gapsAt(subject: Subject, data: QuadraticData, run: DescribedRun, record: readonly number[]): Float64Array {
  const { minimizer } = subject.weightedSum;
  return exactGaps(data, { ...exactOptions(subject, run), minimizer, record });
}

/** A described run as the recursion takes it. */
export function exactOptions({ lambda }: Subject, run: DescribedRun) {
  const { schedule, stepSizes } = run;
  return {
    schedule: schedules[schedule],
    settings: { lambda, steps: stepSizes.length, ...ownSettingsOf(run) },
    stepSizes,
    batch: 1,
  };
}
