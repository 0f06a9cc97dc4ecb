import { tchebycheffMethod, withSmoothing } from '../smooth-max.js';
import { constantStepsOf } from '../subgradient-method.js';
import { runTheorem } from '../theorem.js';

/** Smooth Tchebycheff by one draw, judged by F_max: steps αw_i whose choice is wrong by chance, W(1/e) μ at most in the mean. */
export const tchebycheffMax = runTheorem({
  id: 'T',
  kind: 'upper',
  measures: ['meanMaxGap', 'averageMaxGap'],
  measured: '\\mathbb{E}\\,\\tfrac1T\\textstyle\\sum_t F_{\\max}(\\theta_t) - \\min F_{\\max}',
  formula: 'D0^2/(2*alpha*T) + alpha*G^2/2 + 0.2784646*smoothing',
  needs: ['D0', 'alpha', 'T', 'G', 'smoothing'],
  reference: 'docs/theory.md, T',
  origin: 'here; scalarization: Lin and others 2024',
  ...withSmoothing(constantStepsOf(tchebycheffMethod, (_known, _setting, { smoothing = 0.1 }) => ({ smoothing }))),
});
