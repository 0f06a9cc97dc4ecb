import { runTrajectory } from '../convex/simulate/trajectory.js';
import { inner } from '../base/vector.js';
import { schedules } from '../schedule/index.js';
import { constantSteps } from './described-run.js';
import type { Extent } from './extent.js';
import { freeQuadratics } from './free-quadratics.js';
import { computed, type Measurement } from './measurement.js';
import { withoutNoise } from './sequential-limit.js';
import { notFreeQuadratic } from './smooth-constants.js';
import type { Subject } from './subject.js';
import type { NotApplicable, Trial } from './theorem.js';
import type { Constants } from './constants.js';

/** Noiseless points of a schedule that combines both gradients, T + 1 of them. */
export function noiselessPoints(
  subject: Subject,
  schedule: string,
  { alpha, T, start = subject.pair.start }: { alpha: number; T: number; start?: Float64Array },
): Float64Array[] {
  const data = freeQuadratics(subject);
  if (data === undefined) throw new Error(notFreeQuadratic.reason);
  const { dimension } = data;
  const { points } = runTrajectory(
    { ...withoutNoise(data), start },
    schedules[schedule],
    {
      schedule: { lambda: subject.lambda, steps: T },
      stepSizes: constantSteps(alpha, T),
      batch: 1,
      values: 'full',
      gradientBatch: 'shared',
      record: Array.from({ length: T + 1 }, (_, t) => t),
      recordPoints: true,
    },
    0,
  );
  return Array.from({ length: T + 1 }, (_, t) => points.slice(t * dimension, (t + 1) * dimension));
}

/** Trials of a bound on the least squared length of the steps' directions in T noiseless steps. */
export function stepLengthTrials(
  subject: Subject,
  { steps }: Extent,
  schedule: { readonly name: string },
  constantsOf: (T: number) => Constants & { readonly alpha: number },
): readonly Trial[] | NotApplicable {
  if (freeQuadratics(subject) === undefined) return notFreeQuadratic;
  return steps.map((T) => {
    const constants = constantsOf(T);
    const { alpha } = constants;
    return {
      steps: T,
      constants,
      measure: () => leastStep(noiselessPoints(subject, schedule.name, { alpha, T }), alpha),
    };
  });
}

function leastStep(points: readonly Float64Array[], alpha: number): Measurement {
  let least = Infinity;
  let size = 0;
  for (let t = 1; t < points.length; t++) {
    const moved = points[t].map((entry, i) => (points[t - 1][i] - entry) / alpha);
    least = Math.min(least, inner(moved, moved));
    size = Math.max(size, inner(points[t], points[t]));
  }
  return computed(least, 1e-9 * least + (1e-15 / alpha) ** 2 * size);
}
