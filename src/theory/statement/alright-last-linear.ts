import { alrightBound, onBoundedGradients, subgradientConstants } from '../bounded-gradients.js';
import { lastGap, linearSteps } from '../measure.js';
import { theorem } from '../theorem.js';

/** The point of ALRIGHT after T linearly decaying steps α (T + 1 − t)/(T + 1): no logarithm. */
export const alrightLastLinear = theorem({
  id: 'A.last.linear',
  kind: 'tight',
  measured: '\\alpha_t = \\alpha\\tfrac{T+1-t}{T+1}:\\ \\mathbb{E}\\,F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'D0^2/(2*alpha*(T+1)) + alpha*G^2/2',
  needs: ['D0', 'alpha', 'T', 'G'],
  reference: 'docs/theory.md, A; deterministic: Zamani and Glineur 2023; stochastic: Defazio et al. 2023',
  trials: (subject, extent) =>
    onBoundedGradients(subject, extent, (steps) => {
      const { minimizer } = subject.weightedSum;
      // α = D0 / (G √(T + 1)) makes this bound least.
      const { alpha } = subgradientConstants(subject, minimizer, alrightBound(subject), steps + 1);
      const constants = { ...subgradientConstants(subject, minimizer, alrightBound(subject), steps), alpha };
      const stepSizes = linearSteps(alpha, steps);
      return { steps, constants, measure: () => lastGap(subject, { schedule: 'alright', stepSizes }, extent) };
    }),
});
