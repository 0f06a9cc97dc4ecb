import { belowOneText } from './parameter-text.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';
import { limitOfWeightedSum } from './stage-two.js';

/** CAGrad with c < 1 on λ f_DPO and (1 − λ) f_SFT: its stationary points are those of F_λ. */
export const cagrad: Remedy<number> = {
  name: 'cagrad',
  label: 'CAGrad',
  description: 'near the gradient of F_λ, for the worse-off objective',
  kind: 'schedule',
  needs: { ...needsNothing, sftRecords: true, sftPrompts: true },
  parameter: {
    name: 'conflictAversion',
    symbol: 'c',
    description: 'how far a step may be from the gradient of F_λ, relative to its length',
    parse: belowOneText,
    standard: () => 0.5,
  },
  cost: () => ({ ...oneGradient, gradients: 2 }),
  limit: (setup) => limitOfWeightedSum(setup, setup.lambda),
  outputs: (setup, conflictAversion) => scheduleOutputs(setup, 'cagrad', { conflictAversion }),
};
