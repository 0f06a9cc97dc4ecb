import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';
import { replayShare, weightOfShare } from './share.js';
import { limitOfWeightedSum, termOf } from './stage-two.js';

/** Replay: in stage two a step is on the first objective with probability ρ; the limit minimises (1 − ρ) f_second + ρ f_first. */
export const replay: Remedy<number> = {
  name: 'replay',
  label: 'Replay',
  description: 'in stage two a step is on the first objective with probability ρ',
  kind: 'schedule',
  needs: { ...needsNothing, sftRecords: true, sftPrompts: true },
  parameter: replayShare,
  cost: () => oneGradient,
  term: ({ problem, first }, rho) => termOf(weightOfShare(rho), problem.objectives[first]),
  limit: (setup, rho, near) => limitOfWeightedSum(setup, setup.first === 'sft' ? 1 - rho : rho, near),
  outputs: (setup, rho) => scheduleOutputs(setup, 'replay', { order: setup.order, split: setup.split, replay: rho }),
};
