import { oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';

/** MAXRIGHT: the objective with the larger weighted gap; the limit is θ°, the minimiser of F_max. */
export const maxright: Remedy = {
  name: 'maxright',
  label: 'MAXRIGHT',
  description: 'the objective with the larger weighted gap',
  kind: 'schedule',
  needs: { sftRecords: true, sftPrompts: true, optima: true },
  cost: () => ({ ...oneGradient, evaluations: 2 }),
  limit: ({ optima: { chebyshev } }) => chebyshev,
  outputs: (setup) => scheduleOutputs(setup, 'maxright'),
};
