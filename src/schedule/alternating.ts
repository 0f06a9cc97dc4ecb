import * as z from 'zod';
import { InputError } from '../base/input-error.js';
import { stepOn, type ObjectiveName, type Schedule } from './schedule.js';
import { checkedLambda, checkedSteps, orderSetting, ownSettings, positiveInteger } from './settings.js';

/** Alternating's state: the objectives in the order of the stages, and the cycles. */
export interface AlternatingState {
  readonly first: ObjectiveName;
  readonly second: ObjectiveName;
  /** The weight of the first objective: its share of every cycle. */
  readonly share: number;
  readonly steps: number;
  readonly cycles: number;
}

const settings = z.object({
  order: orderSetting,
  cycles: positiveInteger()
    .optional()
    .meta({ description: 'cycles of both stages (default: 10, or T where that is less)', value: 'C' }),
});

/**
 * Alternating: C cycles, each a stage of the first objective and a stage of the second whose lengths are to each other
 * as the weights λ of DPO and 1 − λ of SFT: what practice calls iterated post-training, between Sequential, which is
 * one cycle, and Mix, whose gradients a short cycle comes near to. Cycle c ends after step ⌊cT/C⌋, and its first stage takes
 * its share of the cycle rounded to whole steps.
 */
export const alternating = {
  name: 'alternating',
  label: 'Alternating',
  description: 'cycles of a stage of each objective, long as its weight',
  settings,
  variants: [
    { key: 'alternating-sft-dpo', label: 'Alternating, SFT→DPO', settings: { order: 'sft-dpo' } },
    { key: 'alternating-dpo-sft', label: 'Alternating, DPO→SFT', settings: { order: 'dpo-sft' } },
  ],
  init(given) {
    const [lambda, steps] = [checkedLambda(given.lambda), checkedSteps(given.steps)];
    const { order, cycles = Math.min(10, steps) } = ownSettings(settings, given);
    if (cycles > steps) throw new InputError('cycles', cycles, `at most the ${steps} steps`);
    return order === 'sft-dpo'
      ? { first: 'sft', second: 'dpo', share: 1 - lambda, steps, cycles }
      : { first: 'dpo', second: 'sft', share: lambda, steps, cycles };
  },
  distribution(state, step) {
    const { first, second } = state;
    return [{ choice: stepOn[isInFirstStage(state, step) ? first : second], probability: 1 }];
  },
  kernel: (state) => ({
    kind: 'stages',
    first: state.first,
    ends: Array.from({ length: state.cycles }, (_, c) => stageEnds(state, c)).flat(),
  }),
} as const satisfies Schedule<AlternatingState>;

function isInFirstStage(state: AlternatingState, step: number): boolean {
  const [firstEnd] = stageEnds(state, Math.ceil((step * state.cycles) / state.steps) - 1);
  return step <= firstEnd;
}

/** The last steps of both stages of cycle c, from 0, which has the steps after ⌊cT/C⌋ up to ⌊(c + 1)T/C⌋. */
function stageEnds({ share, steps, cycles }: AlternatingState, c: number): readonly [number, number] {
  const after = Math.floor((c * steps) / cycles);
  const end = Math.floor(((c + 1) * steps) / cycles);
  return [after + Math.round(share * (end - after)), end];
}
