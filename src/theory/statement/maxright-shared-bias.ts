import { distance } from '../subject.js';
import { constantSteps, meanMaxGap } from '../measure.js';
import { theorem } from '../theorem.js';

/**
 * On the pair made for it, choice and gradient from one minibatch drive MAXRIGHT away from the minimiser of F_max,
 * where it starts, to the minimiser of another function: a lower bound that T does not remove.
 */
export const maxrightSharedBias = theorem({
  id: 'M.shared.bias',
  kind: 'lower',
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: '3/2*(1 - (D0^2/(2*alpha*T) + alpha*G^2/2)/2)',
  needs: ['D0', 'alpha', 'T', 'G'],
  reference: 'docs/theory.md, M, "The bias is real"',
  trials: (subject, extent) => {
    if (subject.madeFor !== 'M.shared') return [];
    const steps = 20_000;
    const { start, dimension } = subject.pair;
    // Of the expected maximum of the sampled weighted gaps the minimiser is the origin.
    const constants = {
      D0: distance(start, new Float64Array(dimension)),
      alpha: 0.01,
      T: steps,
      G: Math.sqrt(1.3 ** 2 + 1),
    };
    const stepSizes = constantSteps(constants.alpha, steps);
    const run = { schedule: 'maxright', stepSizes, values: 'minibatch', gradientBatch: 'shared' } as const;
    return [{ steps, constants, measure: () => meanMaxGap(subject, run, extent) }];
  },
});
