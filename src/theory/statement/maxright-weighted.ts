import { subgradientConstants, unboundedGradients } from '../bounded-gradients.js';
import { constantSteps, meanMaxGap } from '../measure.js';
import { rescaled } from '../measurement.js';
import { weightedSubject } from '../weighted-subject.js';
import { theorem } from '../theorem.js';

/** MAXRIGHT whose step on objective i is α w_i instead of α: on the pair (w_i f_i) it is MAXRIGHT itself. */
export const maxrightWeighted = theorem({
  id: 'M.weighted',
  kind: 'tight',
  measured:
    '\\alpha_i = \\alpha w_i,\\ k = 1:\\ \\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'D0^2/(2*alpha*T) + alpha*max(lambda*G_dpo, (1-lambda)*G_sft)^2/2',
  needs: ['D0', 'alpha', 'T', 'lambda', 'G_dpo', 'G_sft'],
  reference: 'docs/theory.md, M',
  trials: (subject, extent) => {
    const { lambda, bounds, weightedMax } = subject;
    const reason = unboundedGradients(subject);
    if (reason !== undefined) return reason;
    if (bounds.dpo.valueDeviation > 0 || bounds.sft.valueDeviation > 0)
      return { reason: 'the observed values are noisy' };
    const [G_dpo, G_sft] = [bounds.dpo.gradientBound, bounds.sft.gradientBound];
    const G = Math.max(lambda * G_dpo, (1 - lambda) * G_sft);
    const weighted = weightedSubject(subject);
    return extent.steps.map((steps) => {
      const constants = { ...subgradientConstants(subject, weightedMax.minimizer, G, steps), lambda, G_dpo, G_sft };
      const stepSizes = constantSteps(constants.alpha, steps);
      // At λ = ½ the weighted pair's F_max is half of this subject's.
      return {
        steps,
        constants,
        measure: () => rescaled(meanMaxGap(weighted, { schedule: 'maxright', stepSizes }, extent), 2),
      };
    });
  },
});
