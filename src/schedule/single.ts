import { stepOn, type ObjectiveName, type Schedule } from './schedule.js';
import { checkedSteps } from './settings.js';

/** A single-objective schedule remembers only how long it goes. */
export interface SingleState {
  readonly steps: number;
}

/** The schedule that steps on one objective only: the run that finds that objective's optimum. */
function single<Name extends ObjectiveName>(objective: Name, label: string) {
  return {
    name: objective,
    label: `${label} alone`,
    description: `${label} alone`,
    // It finds an optimum: figures compare it with nothing.
    variants: [],
    init: ({ steps }) => ({ steps: checkedSteps(steps) }),
    distribution: () => [{ choice: stepOn[objective], probability: 1 }],
    // Alone it is the stage two of a run whose stage one made the start.
    stages: () => ({ first: objective === 'dpo' ? 'sft' : 'dpo', second: objective, switchAfter: 0 }),
    kernel: () => ({ kind: 'stages', first: objective, ends: [] }),
  } as const satisfies Schedule<SingleState>;
}

/** DPO alone. */
export const dpo = single('dpo', 'DPO');
/** SFT alone. */
export const sft = single('sft', 'SFT');
