import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';
import { limitOfWeightedSum } from './stage-two.js';

/** Mix: both gradients at every step; the limit is θ_λ*. */
export const mix: Remedy = {
  name: 'mix',
  label: 'Mix',
  description: 'both gradients at every step',
  kind: 'schedule',
  needs: { ...needsNothing, sftRecords: true, sftPrompts: true },
  cost: () => ({ ...oneGradient, gradients: 2 }),
  limit: (setup) => limitOfWeightedSum(setup, setup.lambda),
  outputs: (setup) => scheduleOutputs(setup, 'mix'),
};
