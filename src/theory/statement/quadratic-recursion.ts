import { alright } from '../../schedule/alright.js';
import { mix } from '../../schedule/mix.js';
import { sequential } from '../../schedule/sequential.js';
import { constantSteps } from '../described-run.js';
import { exactGap } from '../exact-measure.js';
import { gapSecondMoment } from '../gap-second-moment.js';
import { freeQuadratics } from '../free-quadratics.js';
import { simulated } from '../measure.js';
import { notFreeQuadratic } from '../smooth-constants.js';
import { theorem } from '../theorem.js';

/** Mean and second moment of θ_t obey linear recursions; the simulation has to agree. */
export const quadraticRecursion = theorem({
  id: 'Q',
  kind: 'exact',
  measured: '\\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'exact',
  needs: ['exact'],
  reference: 'docs/theory.md, Q',
  origin: 'classical',
  trials: (subject, extent) => {
    const data = freeQuadratics(subject);
    if (data === undefined) return notFreeQuadratic;
    const { bounds } = subject;
    // Short, because the exact second moment of ALRIGHT's gap is a sum over all its draws.
    const steps = 10;
    const stepSizes = constantSteps(0.5 / Math.max(bounds.dpo.smoothness, bounds.sft.smoothness), steps);
    return [sequential, mix, alright].map(({ name }) => {
      const run = { schedule: name, stepSizes };
      return {
        steps,
        variant: name,
        constants: { exact: exactGap(subject, data, run).mean },
        measure: () => ({
          ...simulated(subject, run, 'gap', { ...extent, seeds: 20 * extent.seeds }),
          secondMoment: gapSecondMoment(subject, data, run),
        }),
      };
    });
  },
});
