import { InputError } from '../base/input-error.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { scheduleOutputs } from './runs.js';

/**
 * Alternating: C cycles of both stages. With a fixed C every stage converges, so that the end is Sequential's; with cycles
 * that outgrow √T it is θ_λ* (statement N8), and at C = √T the ends of cycles circle θ_λ* at a distance.
 */
export const alternating: Remedy<number> = {
  name: 'alternating',
  label: 'Alternating',
  description: 'C cycles of both stages, long as their weights',
  kind: 'schedule',
  needs: { ...needsNothing, sftRecords: true, sftPrompts: true },
  parameter: {
    name: 'cycles',
    symbol: 'C',
    description: 'cycles of both stages',
    parse(text, field) {
      const value = Number(text);
      if (text.trim() === '' || !Number.isSafeInteger(value) || value < 1) {
        throw new InputError(field, text, 'an integer ≥ 1');
      }
      return value;
    },
    standard: ({ steps }) => Math.ceil(Math.sqrt(steps)),
  },
  cost: () => oneGradient,
  limit: () => ({
    reason: 'a fixed number of cycles ends as Sequential does, one that outgrows √T at the minimiser of F_λ',
  }),
  outputs: (setup, cycles) => scheduleOutputs(setup, 'alternating', { order: setup.order, cycles }),
};
