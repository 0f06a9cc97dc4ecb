import { runTrajectories } from '../../convex/simulate/trajectories.js';
import type { RunSettings } from '../../convex/simulate/trajectory.js';
import { sequential } from '../../schedule/sequential.js';
import { constantSteps } from '../described-run.js';
import { freeQuadratics } from '../free-quadratics.js';
import { computed } from '../measurement.js';
import { bothOrders, limitGap, withoutNoise } from '../sequential-limit.js';
import { notFreeQuadratic } from '../smooth-constants.js';
import { isSubject } from '../subject.js';
import { runTheorem } from '../theorem.js';

/** Where Sequential ends: no limit of its second stage is closer to min F_λ than Δ. */
export const sequentialLimit = runTheorem({
  id: 'S.limit',
  kind: 'lower',
  schedule: sequential,
  measures: ['gap'],
  measured: '\\theta_\\infty \\in \\operatorname{argmin} f_2:\\ F_\\lambda(\\theta_\\infty) - \\min F_\\lambda',
  formula: 'Delta',
  needs: ['Delta'],
  reference: 'arXiv 2410.15483 (Sequential) in its general form: docs/theory.md, S',
  origin: 'the paper; general form here',
  applies(setting, run) {
    if (run.split?.[1] === 0) return { reason: 'the run has no second stage' };
    const Delta = isSubject(setting) ? limitGap(setting, run) : undefined;
    if (Delta === undefined) return { reason: 'no modulus of strong convexity of the second objective is known' };
    const { length } = run.stepSizes;
    return { at: (T) => (T === length ? { Delta } : undefined) };
  },
  runs(subject, extent) {
    if (freeQuadratics(subject) === undefined) return notFreeQuadratic;
    const { bounds } = subject;
    const L = Math.max(bounds.dpo.smoothness, bounds.sft.smoothness);
    return bothOrders.flatMap((stages) => {
      const { strongConvexity } = bounds[stages.second];
      // With steps 1/L the second stage converges like (1 − μ/L)^t; a singular Hessian here is flat or has slope 1/L.
      const second = strongConvexity > 0 ? Math.ceil((40 * L) / strongConvexity) : 2000;
      if (second > 40_000) return [];
      const steps = extent.steps[extent.steps.length - 1] + second;
      const split = [steps - second, second] as const;
      const { order } = stages;
      return [{ schedule: sequential.name, stepSizes: constantSteps(1 / L, steps), order, split, variant: order }];
    });
  },
  // Without noise, the end of a long second stage is its limit.
  measure(subject, { stepSizes, order, split }, extent) {
    const data = freeQuadratics(subject);
    if (data === undefined || order === undefined || split === undefined) throw new Error('a limit without stages');
    const { lambda, weightedSum } = subject;
    const steps = stepSizes.length;
    const settings: RunSettings = {
      schedule: { lambda, steps, order, split },
      stepSizes,
      batch: 1,
      values: 'full',
      gradientBatch: 'shared',
      record: [steps],
    };
    const [[{ values }]] = runTrajectories(withoutNoise(data), [{ schedule: sequential, settings }], [extent.seed]);
    const gap = lambda * values[0] + (1 - lambda) * values[1] - weightedSum.value;
    return computed(gap, 1e-9 * Math.max(1, Math.abs(gap)) + weightedSum.certificate);
  },
});
