import { budget } from '../../schedule/budget.js';
import { budgetRuns, leastTolerance, onBudget } from '../budget-runs.js';
import { farthestFrom, martingaleError, probability, silentAlmostSurely } from '../probable.js';
import { measuredQuantile } from '../quantile.js';
import { objectivesInOrder } from '../sequential-limit.js';
import { runTheorem } from '../theorem.js';
import type { DescribedRun } from '../described-run.js';
import type { Setting } from '../subject.js';

/** ε: by how much a value that is seen of the first objective may be wrong. */
function valueErrorOf(setting: Setting, run: Pick<DescribedRun, 'order' | 'values'>): number {
  return run.values === 'full' ? 0 : setting.bounds[objectivesInOrder(run.order).first].valueError;
}

/** A budget with stochastic gradients and noisy values, in all but a share p of its runs. */
export const budgetProbable = runTheorem({
  id: 'B.probable',
  kind: 'upper',
  schedule: budget,
  measures: [],
  measured: '\\text{quantile}_{1-p}\\ F_\\lambda(\\bar\\theta) - \\min F_\\lambda',
  formula: 'w_2*(D0^2/(2*alpha*T) + alpha*G^2/2 + E*G*sqrt(2*log(1/p)/T)) + w_1*(slack + epsilon)',
  needs: ['w_1', 'w_2', 'D0', 'alpha', 'T', 'G', 'E', 'p', 'slack', 'epsilon'],
  reference: 'docs/theory.md, B, with high probability; Azuma and Hoeffding',
  origin: 'here',
  applies: onBudget(
    ({ epsilon = NaN, E = NaN, ...known }) => leastTolerance(known) + martingaleError({ ...known, E }) + epsilon,
    (setting, run) =>
      run.gradientBatch === 'fresh'
        ? silentAlmostSurely(setting)
        : { reason: 'the gradient is taken on the minibatch that the choice was made by' },
    (_known, setting, run) => ({
      p: probability,
      E: farthestFrom(setting),
      epsilon: valueErrorOf(setting, run),
    }),
  ),
  runs: (subject, extent) =>
    (['full', 'minibatch'] as const).flatMap((values) =>
      budgetRuns(
        subject,
        { ...extent, steps: [10, 100] },
        (known, order) =>
          leastTolerance(known) +
          martingaleError({ ...known, E: farthestFrom(subject) }) +
          valueErrorOf(subject, { order, values }),
        { values, gradientBatch: 'fresh' },
      ).map((run) => ({ ...run, variant: `${run.variant ?? ''}, ${values} values` })),
    ),
  measure: (subject, run, extent) => measuredQuantile(subject, run, 'averageGap', extent),
});
