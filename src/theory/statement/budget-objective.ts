import { budget } from '../../schedule/budget.js';
import { budgetRuns, isDeterministic, leastTolerance, onBudget } from '../budget-runs.js';
import { isBestStep } from '../last-point.js';
import { runTheorem } from '../theorem.js';

/** A budget: the average of the points at steps on the second objective is nearly as good there as every point within the budget. */
export const budgetObjective = runTheorem({
  id: 'B.second',
  kind: 'tight',
  schedule: budget,
  measures: ['averageSecondGap'],
  measured: 'f_1(u)\\le f_1^*+\\delta:\\ f_2(\\bar\\theta) - f_2(u)',
  formula: 'D0^2/(2*alpha*T) + alpha*G^2/2',
  needs: ['D0', 'alpha', 'T', 'G'],
  reference: 'docs/theory.md, B; attained: W, for every T',
  origin: 'Polyak 1967; Lan and Zhou 2016; constants here',
  isAttained: isBestStep,
  applies: onBudget(leastTolerance, isDeterministic),
  runs: (subject, extent) => budgetRuns(subject, extent, leastTolerance),
});
