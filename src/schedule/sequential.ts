import { noObjectives, type ObjectiveName, type Schedule } from './schedule.js';
import { checkedOrder, checkedSplit, checkedSteps } from './settings.js';

/** Sequential's state: the stages and where they meet. */
export interface SequentialState {
  readonly first: ObjectiveName;
  readonly second: ObjectiveName;
  /** The last step of the first stage. */
  readonly switchAfter: number;
}

/**
 * Sequential: the first objective for the first stage, then the second, started where the first ended
 * (today's practice). The order defaults to "sft-dpo", the split to halves.
 */
export const sequential: Schedule<SequentialState> = {
  name: 'sequential',
  init({ steps, order = 'sft-dpo', split }) {
    const [switchAfter] = checkedSplit(split, checkedSteps(steps));
    return checkedOrder(order) === 'sft-dpo'
      ? { first: 'sft', second: 'dpo', switchAfter }
      : { first: 'dpo', second: 'sft', switchAfter };
  },
  evaluates: () => noObjectives,
  choose: ({ first, second, switchAfter }, step) => (step <= switchAfter ? first : second),
  observe: (state) => state,
};
