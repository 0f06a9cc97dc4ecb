import type { QuadraticData } from '../convex/problem/data.js';
import { schedules } from '../schedule/index.js';
import { exactGaps, exactMoments } from '../convex/simulate/exact-moments.js';
import { computed, type Measurement } from './measurement.js';
import type { Subject } from './subject.js';

/** The mean over θ_1 … θ_T of E F_λ(θ_t) − min F_λ, by the recursion of the moments. */
export function exactMeanGap(
  subject: Subject,
  data: QuadraticData,
  schedule: string,
  stepSizes: Float64Array,
): Measurement {
  const record = Array.from(stepSizes, (_, t) => t);
  const gaps = exactGaps(data, {
    schedule: schedules[schedule],
    settings: { lambda: subject.lambda, steps: stepSizes.length },
    stepSizes,
    batch: 1,
    minimizer: subject.weightedSum.minimizer,
    record,
  });
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  return computed(mean, 1e-9 * mean + subject.weightedSum.certificate);
}

/** E‖θ_{T+1} − θ_λ*‖², by the recursion of the moments. */
export function exactSquaredDistance(
  subject: Subject,
  data: QuadraticData,
  schedule: string,
  stepSizes: Float64Array,
): Measurement {
  const { dimension } = data;
  let trace = 0;
  exactMoments(
    data,
    {
      schedule: schedules[schedule],
      settings: { lambda: subject.lambda, steps: stepSizes.length },
      stepSizes,
      batch: 1,
      origin: subject.weightedSum.minimizer,
    },
    (step, _mean, second) => {
      if (step === stepSizes.length) {
        for (let i = 0; i < dimension; i++) trace += second[i * dimension + i];
      }
      return true;
    },
  );
  // The iterates carry rounding of their own size, squared here.
  const scale = Math.max(1, Math.hypot(...data.start), Math.hypot(...subject.weightedSum.minimizer));
  return computed(trace, 1e-9 * trace + (1e-14 * scale) ** 2);
}
