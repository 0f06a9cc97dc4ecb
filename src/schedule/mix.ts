import { bothObjectives, type Schedule } from './schedule.js';
import { checkedLambda } from './settings.js';

/** Mix's state: λ, which never changes. */
export interface MixState {
  readonly lambda: number;
}

/** Mix: every step follows λ g_DPO + (1 − λ) g_SFT, at the cost of two gradients, also where λ is 0 or 1. */
export const mix = {
  name: 'mix',
  label: 'Mix',
  description: 'λ g_DPO + (1 − λ) g_SFT: two gradients',
  init: ({ lambda }) => ({ lambda: checkedLambda(lambda) }),
  distribution: ({ lambda }) => [
    { choice: { dpo: lambda, sft: 1 - lambda, gradients: bothObjectives }, probability: 1 },
  ],
  kernel: ({ lambda }) => ({ kind: 'weighted-sum', lambda }),
} as const satisfies Schedule<MixState>;
