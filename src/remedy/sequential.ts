import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { sequentialEnds, valuesOf } from './runs.js';

/** Sequential: stage two on its objective alone, whose minimiser is the limit. What the others are measured against. */
export const sequential: Remedy = {
  name: 'sequential',
  label: 'Sequential',
  description: 'stage two on its objective alone: no remedy',
  kind: 'schedule',
  needs: needsNothing,
  cost: () => oneGradient,
  limit: ({ stageTwo }) => stageTwo,
  outputs: (setup) => sequentialEnds(setup).map(({ stageTwo }) => valuesOf(setup, stageTwo)),
};
