import { stepOn, type Schedule } from './schedule.js';
import { checkedLambda } from './settings.js';

/** ALRIGHT's state: the coin's bias, which never changes. */
export interface AlrightState {
  readonly lambda: number;
}

/**
 * ALRIGHT: each step draws DPO with probability λ and SFT otherwise, and steps on the drawn objective alone, so that
 * the step is an unbiased gradient step on F_λ at the cost of one gradient (arXiv 2410.15483).
 * One uniform number is drawn each step, whatever λ.
 */
export const alright = {
  name: 'alright',
  label: 'ALRIGHT',
  description: 'DPO with probability λ, otherwise SFT',
  init: ({ lambda }) => ({ lambda: checkedLambda(lambda) }),
  distribution: ({ lambda }) => [
    { choice: stepOn.dpo, probability: lambda },
    { choice: stepOn.sft, probability: 1 - lambda },
  ],
  kernel: ({ lambda }) => ({ kind: 'draw', dpoProbability: lambda }),
} as const satisfies Schedule<AlrightState>;
