import * as z from 'zod';
import { stepOn, type ObjectiveName, type Schedule } from './schedule.js';
import { checkedLambda, checkedSplit, checkedSteps, orderSetting, ownSettings, splitSetting } from './settings.js';

/** Replay's state: the objectives in the order of the stages, where they meet, and the share of the first in stage two. */
export interface ReplayState {
  readonly first: ObjectiveName;
  readonly second: ObjectiveName;
  /** The last step of the first stage. */
  readonly switchAfter: number;
  readonly replay: number;
}

const error = 'a number in [0, 1]';
const settings = z.object({
  order: orderSetting,
  split: splitSetting,
  replay: z.number({ error }).min(0, { error }).max(1, { error }).optional().meta({
    description: 'probability of a step on the first objective in stage two (default: its weight)',
    value: 'ρ',
  }),
});

/**
 * Replay: Sequential, whose stage two steps on the first objective with probability ρ: ALRIGHT with the weight 1 − ρ of
 * the second objective, started where stage one ended. With ρ the weight of the first objective it minimises F_λ.
 * Stage one draws a coin at every step too, which decides nothing: then the coin of a step depends on the step alone, and
 * stage two makes the choices that ALRIGHT makes with that coin.
 */
export const replay = {
  name: 'replay',
  label: 'Replay',
  description: 'Sequential, with steps on the first objective in stage two',
  settings,
  variants: [
    { key: 'replay-sft-dpo', label: 'Replay, SFT→DPO', settings: { order: 'sft-dpo' } },
    { key: 'replay-dpo-sft', label: 'Replay, DPO→SFT', settings: { order: 'dpo-sft' } },
  ],
  init(given) {
    const [lambda, steps] = [checkedLambda(given.lambda), checkedSteps(given.steps)];
    const { order, split, replay: share } = ownSettings(settings, given);
    const [switchAfter] = checkedSplit(split, steps);
    return order === 'sft-dpo'
      ? { first: 'sft', second: 'dpo', switchAfter, replay: share ?? 1 - lambda }
      : { first: 'dpo', second: 'sft', switchAfter, replay: share ?? lambda };
  },
  distribution(state, step) {
    const probability = dpoProbability(state, step);
    return [
      { choice: stepOn.dpo, probability },
      { choice: stepOn.sft, probability: 1 - probability },
    ];
  },
  stages: ({ first, second, switchAfter }) => ({ first, second, switchAfter }),
  kernel: (state) => ({ kind: 'draw', dpoProbability: (step) => dpoProbability(state, step) }),
} as const satisfies Schedule<ReplayState>;

function dpoProbability({ first, switchAfter, replay: share }: ReplayState, step: number): number {
  const ofFirst = step <= switchAfter ? 1 : share;
  return first === 'dpo' ? ofFirst : 1 - ofFirst;
}
