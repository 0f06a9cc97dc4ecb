import { schedules } from '../../schedule/index.js';
import { runTrajectories } from '../../convex/simulate/trajectories.js';
import type { RunSettings } from '../../convex/simulate/trajectory.js';
import { constantSteps } from '../measure.js';
import { computed } from '../measurement.js';
import { bothOrders, sequentialGap, withoutNoise } from '../sequential-limit.js';
import { freeQuadratics, notFreeQuadratic } from '../smooth-constants.js';
import { theorem } from '../theorem.js';

/** Where Sequential ends: no limit of its second stage is closer to min F_λ than Δ. */
export const sequentialLimit = theorem({
  id: 'S.limit',
  kind: 'lower',
  measured: '\\theta_\\infty \\in \\operatorname{argmin} f_2:\\ F_\\lambda(\\theta_\\infty) - \\min F_\\lambda',
  formula: 'Delta',
  needs: ['Delta'],
  reference: 'arXiv 2410.15483 (Sequential) in its general form: docs/theory.md, S',
  trials: (subject, extent) => {
    const data = freeQuadratics(subject);
    if (data === undefined) return notFreeQuadratic;
    const { lambda, bounds, weightedSum } = subject;
    const L = Math.max(bounds.dpo.smoothness, bounds.sft.smoothness);
    return bothOrders.flatMap((stages) => {
      const { strongConvexity } = bounds[stages.second];
      // With steps 1/L the second stage converges like (1 − μ/L)^t; a singular Hessian here is flat or has slope 1/L.
      const second = strongConvexity > 0 ? Math.ceil((40 * L) / strongConvexity) : 2000;
      if (second > 40_000) return [];
      const steps = extent.steps[extent.steps.length - 1] + second;
      const split = [steps - second, second] as const;
      return [
        {
          steps,
          variant: stages.order,
          constants: { Delta: sequentialGap(subject, data, stages) },
          measure() {
            const settings: RunSettings = {
              schedule: { lambda, steps, order: stages.order, split },
              stepSizes: constantSteps(1 / L, steps),
              batch: 1,
              values: 'full',
              gradientBatch: 'shared',
              record: [steps],
            };
            const members = [{ schedule: schedules.sequential, settings }];
            const [[{ values }]] = runTrajectories(withoutNoise(data), members, [extent.seed]);
            const gap = lambda * values[0] + (1 - lambda) * values[1] - weightedSum.value;
            return computed(gap, 1e-9 * Math.max(1, Math.abs(gap)) + weightedSum.certificate);
          },
        },
      ];
    });
  },
});
