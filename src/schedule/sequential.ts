import * as z from 'zod';
import { stepOn, type ObjectiveName, type Schedule } from './schedule.js';
import { checkedSplit, checkedSteps, orderSetting, ownSettings, splitSetting } from './settings.js';

/** Sequential's state: the stages and where they meet. */
export interface SequentialState {
  readonly first: ObjectiveName;
  readonly second: ObjectiveName;
  /** The last step of the first stage, and of all. */
  readonly switchAfter: number;
  readonly steps: number;
}

const settings = z.object({
  order: orderSetting,
  split: splitSetting,
});

/**
 * Sequential: the first objective for the first stage, then the second, started where the first ended
 * (today's practice). The order defaults to "sft-dpo", the split to halves.
 */
export const sequential = {
  name: 'sequential',
  label: 'Sequential',
  description: 'the first objective for the first stage, then the second',
  settings,
  variants: [
    { key: 'sequential-sft-dpo', label: 'Sequential, SFT→DPO', settings: { order: 'sft-dpo' } },
    { key: 'sequential-dpo-sft', label: 'Sequential, DPO→SFT', settings: { order: 'dpo-sft' } },
  ],
  init(given) {
    const { order, split } = ownSettings(settings, given);
    const [switchAfter] = checkedSplit(split, checkedSteps(given.steps));
    return order === 'sft-dpo'
      ? { first: 'sft', second: 'dpo', switchAfter, steps: given.steps }
      : { first: 'dpo', second: 'sft', switchAfter, steps: given.steps };
  },
  distribution: ({ first, second, switchAfter }, step) => [
    { choice: stepOn[step <= switchAfter ? first : second], probability: 1 },
  ],
  stages: ({ first, second, switchAfter }) => ({ first, second, switchAfter }),
  kernel: ({ first, switchAfter }) => ({ kind: 'stages', first, ends: [switchAfter] }),
} as const satisfies Schedule<SequentialState>;
