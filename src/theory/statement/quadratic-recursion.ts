import { schedules } from '../../schedule/index.js';
import { exactGaps } from '../../convex/simulate/exact-moments.js';
import { constantSteps, lastGap } from '../measure.js';
import { freeQuadratics, notFreeQuadratic } from '../smooth-constants.js';
import { theorem } from '../theorem.js';

/** Mean and second moment of θ_t obey linear recursions; the simulation has to agree. */
export const quadraticRecursion = theorem({
  id: 'Q',
  kind: 'exact',
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'exact',
  needs: ['exact'],
  reference: 'docs/theory.md, Q',
  trials: (subject, extent) => {
    const data = freeQuadratics(subject);
    if (data === undefined) return notFreeQuadratic;
    const { lambda, bounds, weightedSum } = subject;
    const steps = 30;
    const stepSizes = constantSteps(0.5 / Math.max(bounds.dpo.smoothness, bounds.sft.smoothness), steps);
    return ['sequential', 'mix', 'alright'].map((schedule) => {
      const settings = { lambda, steps };
      const { minimizer } = weightedSum;
      const options = { schedule: schedules[schedule], settings, stepSizes, batch: 1, minimizer, record: [steps] };
      return {
        steps,
        variant: schedule,
        constants: { exact: exactGaps(data, options)[0] },
        // Many runs, because Student's distribution is trusted far out in its tails here.
        measure: () => lastGap(subject, { schedule, stepSizes }, { ...extent, seeds: 20 * extent.seeds }),
      };
    });
  },
});
