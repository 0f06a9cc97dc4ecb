import { mix } from '../../schedule/mix.js';
import { constantStep, constantSteps } from '../described-run.js';
import { weightOf } from '../subject.js';
import { notConstant } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** The point of Mix after T constant steps on a smooth F_λ, without noise: gradient descent. */
export const mixSmoothLast = runTheorem({
  id: 'X.smooth.last',
  kind: 'tight',
  schedule: mix,
  measures: ['gap', 'bestGap'],
  measured: 'F_\\lambda(\\theta_{T+1}) - \\min F_\\lambda',
  formula: 'L*D0^2/(4*alpha*L*T + 2)',
  needs: ['L', 'D0', 'alpha', 'T'],
  reference: 'docs/theory.md, X; Drori and Teboulle 2014, Theorems 3.1 and 3.2',
  origin: 'Drori and Teboulle 2014',
  applies(setting, run) {
    const { bounds, radius, distances } = setting;
    if (radius < Infinity) return { reason: 'it needs all of R^d' };
    if (bounds.dpo.noise !== 0 || bounds.sft.noise !== 0) return { reason: 'the gradients are noisy' };
    const weights = weightOf(setting);
    const L = weights.dpo * bounds.dpo.smoothness + weights.sft * bounds.sft.smoothness;
    if (!(L < Infinity)) return { reason: 'no smoothness constant is known' };
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    if (!(alpha * L <= 1)) return { reason: 'it needs steps of at most 1/L' };
    return { at: (T) => ({ L, D0: distances.weightedSum, alpha, T }) };
  },
  runs(subject, { steps }) {
    const { dpo, sft } = subject.bounds;
    const weights = weightOf(subject);
    const L = weights.dpo * dpo.smoothness + weights.sft * sft.smoothness;
    return steps.map((T) => ({ schedule: mix.name, stepSizes: constantSteps(1 / L, T) }));
  },
});
