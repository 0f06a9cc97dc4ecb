import { noObjectives, type Schedule } from './schedule.js';
import { checkedLambda } from './settings.js';

/** Mix has nothing to remember. */
export type MixState = Readonly<Record<string, never>>;

/** Mix: every step follows λ g_DPO + (1 − λ) g_SFT, at the cost of two gradients. */
export const mix: Schedule<MixState> = {
  name: 'mix',
  init: ({ lambda }) => {
    checkedLambda(lambda);
    return {};
  },
  evaluates: () => noObjectives,
  choose: () => 'mix',
  observe: (state) => state,
};
