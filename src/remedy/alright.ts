import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';
import { limitOfWeightedSum } from './stage-two.js';

/** ALRIGHT: DPO with probability λ, otherwise SFT; the limit is θ_λ*. */
export const alright: Remedy = {
  name: 'alright',
  label: 'ALRIGHT',
  description: 'DPO with probability λ, otherwise SFT',
  kind: 'schedule',
  needs: { ...needsNothing, sftRecords: true, sftPrompts: true },
  cost: () => oneGradient,
  limit: (setup) => limitOfWeightedSum(setup, setup.lambda),
  outputs: (setup) => scheduleOutputs(setup, 'alright'),
};
