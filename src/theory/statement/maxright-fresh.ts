import { constantsOf, drawnQuestion, worstOfWrongValues } from '../attack/wrong-values.js';
import { computed } from '../measurement.js';
import { freshBatchMethod, weightedErrors } from '../noisy-values.js';
import { staleConstants, withPeriods } from '../stale-values.js';
import { constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

const domain = withPeriods(
  [1, 10],
  constantStepsOf(freshBatchMethod, (known, setting, run) => {
    const { dpo, sft } = weightedErrors(setting);
    return { epsilon: dpo + sft, ...staleConstants(known, setting, run) };
  }),
);

/** MAXRIGHT that chooses by one minibatch and steps on another. */
export const maxrightFresh = runTheorem({
  id: 'M.noisy.fresh',
  kind: 'upper',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula:
    'w*(D0^2/(2*alpha*T) + alpha*G^2/2) + w/m*epsilon + (k-1)*alpha*G*(max(lambda*G_dpo, (1-lambda)*G_sft)/2 + min(lambda*G_dpo, (1-lambda)*G_sft)/k + (w-m)*G_m/2)',
  needs: ['w', 'm', 'D0', 'alpha', 'T', 'G', 'epsilon', 'k', 'lambda', 'G_dpo', 'G_sft', 'G_m'],
  reference: 'docs/theory.md, M; ε = w_DPO ε_DPO + w_SFT ε_SFT',
  origin: 'here; whether it needs w/m is open',
  ...domain,
  search(random) {
    const question = drawnQuestion(random);
    const worst = worstOfWrongValues(question, 'sft');
    if (worst === undefined) return undefined;
    const { value, problem: file } = worst;
    const { lambda, steps } = question;
    return { file, lambda, steps, constants: constantsOf(question), measurement: computed(value, 1e-7) };
  },
  runs(subject, extent) {
    // Beside the biased runs of a shared minibatch.
    const steps = subject.form?.kind === 'tilted' ? [...extent.steps, 20_000] : extent.steps;
    return domain.runs(subject, { ...extent, steps });
  },
});
