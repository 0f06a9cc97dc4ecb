import { budget } from '../schedule/budget.js';
import type { Order } from '../schedule/schedule.js';
import { maxrightBound, unboundedGradients } from './bounded-gradients.js';
import type { Constants } from './constants.js';
import { constantStep, constantSteps, type DescribedRun } from './described-run.js';
import type { Extent } from './extent.js';
import { bothOrders, objectivesInOrder } from './sequential-limit.js';
import { isSubject, weightOf, type Setting, type Subject } from './subject.js';
import { bestStep, inexactValues, notConstant, type Method } from './subgradient-method.js';
import type { Applied, NotApplicable, ProposedRun } from './theorem.js';

/** A budget as a subgradient method, compared with the minimiser of F_λ. */
export const budgetMethod: Method = { schedule: budget, minimises: 'weightedSum', gradientBound: maxrightBound };

/** What every statement on a budget may name. */
export interface BudgetConstants extends Constants {
  readonly alpha: number;
  readonly T: number;
  readonly D0: number;
  readonly G: number;
  readonly budget: number;
  readonly tolerance: number;
  /** s: how far above the comparator f_1 can be where a step is on f_2. */
  readonly slack: number;
  readonly w_1: number;
  readonly w_2: number;
}

/** D0²/(2αT) + αG²/2: what the tolerance e must be at least, where the gradients are exact. */
export function leastTolerance({ D0, alpha, T, G }: Record<'D0' | 'alpha' | 'T' | 'G', number>): number {
  return D0 ** 2 / (2 * alpha * T) + (alpha * G ** 2) / 2;
}

/**
 * What the statements on a budget say of a run whose comparator is θ_λ*, which a budget of δ ≥ f_1(θ_λ*) − f_1* allows.
 * @param needed what the tolerance must be at least
 * @param condition why a run is not spoken of besides
 */
export function onBudget(
  needed: (known: BudgetConstants, setting: Setting) => number,
  condition: (setting: Setting, run: DescribedRun) => NotApplicable | undefined,
  own: (known: BudgetConstants, setting: Setting, run: DescribedRun) => Constants = () => ({}),
) {
  return (setting: Setting, run: DescribedRun): Applied | NotApplicable => {
    const silence = unboundedGradients(setting) ?? condition(setting, run);
    if (silence !== undefined) return silence;
    const alpha = constantStep(run);
    if (alpha === undefined) return notConstant;
    const { first, second } = objectivesInOrder(run.order);
    const { forgetAtMost = 0, tolerance = 0 } = run;
    const used = isSubject(setting) ? forgottenAtMinimum(setting, run) : 0;
    if (forgetAtMost < used * (1 - 1e-9))
      return { reason: 'the budget is below what the minimiser of F_λ forgets, so that this is no comparator' };
    const weights = weightOf(setting);
    const known = {
      alpha,
      D0: setting.distances.weightedSum,
      G: maxrightBound(setting),
      budget: forgetAtMost,
      tolerance,
      slack: forgetAtMost - Math.min(used, forgetAtMost) + tolerance,
      w_1: weights[first],
      w_2: weights[second],
    };
    return {
      at(T) {
        const constants = { ...known, T, ...own({ ...known, T }, setting, run) };
        return tolerance >= needed(constants, setting) ? constants : undefined;
      },
    };
  };
}

/** f_1(θ_λ*) − f_1*: the least budget for which θ_λ* is a comparator. */
export function forgottenAtMinimum(
  { pair, ideal, weightedSum }: Subject,
  { order }: Pick<DescribedRun, 'order'>,
): number {
  const { first } = objectivesInOrder(order);
  return Math.max(0, pair.objectives[first].value(weightedSum.minimizer) - ideal[first].value);
}

/** Exact gradients and values. */
export function isDeterministic(setting: Setting, run: DescribedRun): NotApplicable | undefined {
  const { dpo, sft } = setting.bounds;
  if (dpo.noise !== 0 || sft.noise !== 0) return { reason: 'the gradients are stochastic' };
  return inexactValues(setting, run);
}

/** Runs with the budget that θ_λ* uses and the tolerance that is needed, in both orders. */
export function budgetRuns(
  subject: Subject,
  { steps }: Extent,
  toleranceOf: (known: { alpha: number; T: number; D0: number; G: number }, order: Order) => number,
  more: Partial<DescribedRun> = {},
): ProposedRun[] {
  return steps.flatMap((T) =>
    bothOrders.map(({ order }) => {
      const alpha = bestStep(budgetMethod, subject, T);
      const known = { alpha, T, D0: subject.distances.weightedSum, G: maxrightBound(subject) };
      return {
        schedule: budget.name,
        stepSizes: constantSteps(alpha, T),
        order,
        forgetAtMost: forgottenAtMinimum(subject, { order }),
        // Equality is enough, and rounding must not tip it.
        tolerance: toleranceOf(known, order) * (1 + 1e-12),
        values: 'full',
        gradientBatch: 'fresh',
        variant: order,
        ...more,
      };
    }),
  );
}
