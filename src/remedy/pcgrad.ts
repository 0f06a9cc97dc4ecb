import { weightsOfProjected } from '../schedule/pcgrad.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';
import { stationaryLimit } from './stationary.js';

/** PCGrad: ends where the gradients oppose each other, at a point of the front that the start chooses. */
export const pcgrad: Remedy = {
  name: 'pcgrad',
  label: 'PCGrad',
  description: 'both gradients, each without what opposes the other',
  kind: 'schedule',
  needs: { ...needsNothing, sftRecords: true, sftPrompts: true },
  cost: () => ({ ...oneGradient, gradients: 2 }),
  limit: (setup) => stationaryLimit(setup, (gram) => weightsOfProjected(gram, setup.lambda)),
  outputs: (setup) => scheduleOutputs(setup, 'pcgrad'),
};
