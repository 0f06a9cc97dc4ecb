import { budget } from '../../schedule/budget.js';
import { budgetRuns, isDeterministic, leastTolerance, onBudget } from '../budget-runs.js';
import { runTheorem } from '../theorem.js';

/** The same average forgets no more than the budget and the tolerance. */
export const budgetFirst = runTheorem({
  id: 'B.first',
  kind: 'tight',
  schedule: budget,
  measures: ['averageFirstGap'],
  measured: 'f_1(\\bar\\theta) - f_1^*',
  formula: 'budget + tolerance',
  needs: ['budget', 'tolerance'],
  reference: 'docs/theory.md, B; attained: W, for every T',
  origin: 'Polyak 1967; Lan and Zhou 2016; constants here',
  isAttained: ({ budget: delta }) => delta === 0,
  applies: onBudget(leastTolerance, isDeterministic),
  runs: (subject, extent) => budgetRuns(subject, extent, leastTolerance),
});
