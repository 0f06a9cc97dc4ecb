import { weightsOfShortest } from '../schedule/mgda.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';
import { stationaryLimit } from './stationary.js';

/** MGDA: ends at a Pareto-stationary point that the start chooses and λ does not; from the end of stage one it never moves. */
export const mgda: Remedy = {
  name: 'mgda',
  label: 'MGDA',
  description: 'the shortest convex combination of both gradients',
  kind: 'schedule',
  needs: { ...needsNothing, sftRecords: true, sftPrompts: true },
  cost: () => ({ ...oneGradient, gradients: 2 }),
  limit: (setup) => stationaryLimit(setup, weightsOfShortest),
  outputs: (setup) => scheduleOutputs(setup, 'mgda'),
};
