import * as z from 'zod';
import { stepOn, type KeptBudget, type ObjectiveName, type Schedule, type ScheduleSettings } from './schedule.js';
import { checkedIdeal, orderSetting, ownSettings } from './settings.js';

/** The budget's state: the objective that may lose, by how much, and its value when last seen. */
export interface BudgetState {
  readonly first: ObjectiveName;
  readonly second: ObjectiveName;
  /** The value of the first objective above which a step is on it: f_first* + δ + e. */
  readonly threshold: number;
  readonly value: number;
}

const error = 'a number ≥ 0';
const nonNegative = z.number({ error }).min(0, { error });
const settings = z.object({
  order: orderSetting,
  forgetAtMost: nonNegative
    .default(0)
    .meta({ description: 'δ: how far the loss of the first objective may rise above its optimum', value: 'δ' }),
  tolerance: nonNegative
    .default(0)
    .meta({ description: 'e: how far above δ is tolerated; D0·G/√T in statement B', value: 'e' }),
});

/**
 * A budget for forgetting, the switching subgradient method (Polyak 1967): a step is on the first objective where its
 * value lies above f_first* + δ + e, and on the second elsewhere. What it hands over is the average of the points at its
 * steps on the second objective (statement B of docs/theory.md). The value is evaluated at every step.
 */
export const budget = {
  name: 'budget',
  label: 'Budget',
  description: 'the second objective, or the first where it lies above its optimum by more than δ',
  settings,
  init(given) {
    const { first, second, budget: delta, tolerance } = kept(given);
    const ideal = checkedIdeal(given.ideal, 'budget', [first]);
    return { first, second, threshold: ideal[first] + delta + tolerance, value: Infinity };
  },
  evaluates: ({ first }) => [first],
  distribution: ({ first, second, threshold, value }) => [
    { choice: stepOn[value > threshold ? first : second], probability: 1 },
  ],
  observe: (state, objective, value) => (objective === state.first ? { ...state, value } : state),
  averagedOver: ({ second }) => second,
  keepsWithin: kept,
  kernel: ({ first, threshold }) => ({ kind: 'threshold', first, threshold }),
} as const satisfies Schedule<BudgetState>;

function kept(given: ScheduleSettings): KeptBudget {
  const { order, forgetAtMost, tolerance } = ownSettings(settings, given);
  const [first, second] = order === 'sft-dpo' ? (['sft', 'dpo'] as const) : (['dpo', 'sft'] as const);
  return { first, second, budget: forgetAtMost, tolerance };
}
