import { budget } from '../../schedule/budget.js';
import { budgetRuns, isDeterministic, leastTolerance, onBudget } from '../budget-runs.js';
import { runTheorem } from '../theorem.js';

/** Both together: with a budget of what θ_λ* forgets, the average is nearly a minimiser of F_λ. */
export const budgetGap = runTheorem({
  id: 'B.gap',
  kind: 'upper',
  schedule: budget,
  measures: ['averageGap'],
  measured: '\\delta\\ge f_1(\\theta_\\lambda^*)-f_1^*:\\ F_\\lambda(\\bar\\theta) - \\min F_\\lambda',
  formula: 'w_2*(D0^2/(2*alpha*T) + alpha*G^2/2) + w_1*slack',
  needs: ['w_1', 'w_2', 'D0', 'alpha', 'T', 'G', 'slack'],
  reference: 'docs/theory.md, B',
  origin: 'here',
  applies: onBudget(leastTolerance, isDeterministic),
  runs: (subject, extent) => budgetRuns(subject, extent, leastTolerance),
});
