import { InputError } from '../base/input-error.js';
import { schedules } from '../schedule/index.js';
import { runTrajectories } from '../convex/simulate/trajectories.js';
import { needsNothing, oneGradient, type Remedy } from './remedy.js';
import { runSettings, seedsOf } from './runs.js';
import { bestCheckpoint, stageTwoPath } from './stage-two-path.js';

/**
 * Best checkpoint: Sequential whose stage two ends after the T_2 steps with the least F_λ, known only in hindsight. The
 * limit is a point of the noiseless path of stage two under the given step sizes: θ_2 − (I − αA)^{T_2}(θ_2 − θ_1) for a
 * quadratic with the Hessian A and a constant step.
 */
export const bestCheckpointRemedy: Remedy<number> = {
  name: 'best-checkpoint',
  label: 'Best checkpoint',
  description: 'Sequential, stage two ended where F_λ is least, in hindsight',
  kind: 'output',
  needs: { ...needsNothing, sftRecords: true, sftPrompts: true },
  parameter: {
    name: 'stageTwoSteps',
    symbol: 'T₂',
    description: 'steps of stage two before it is ended',
    parse(text, field) {
      const value = Number(text);
      if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
        throw new InputError(field, text, 'an integer ≥ 0');
      }
      return value;
    },
    best: bestCheckpoint,
    curve({ split: [, length] }) {
      const points = Math.min(length, 64);
      return Array.from({ length: points + 1 }, (_, i) => (points === 0 ? 0 : Math.round((i * length) / points)));
    },
  },
  cost: () => ({ ...oneGradient, evaluations: 2, models: 2 }),
  limit(setup, steps) {
    const length = setup.split[1];
    if (steps > length) throw new InputError('stage-two-steps', steps, `at most the ${length} steps of stage two`);
    if (setup.stageOneUnknown !== undefined) return setup.stageOneUnknown;
    return { minimizer: stageTwoPath(setup).pointAfter(steps), certificate: 0 };
  },
  outputs(setup, steps) {
    const { problem, order, split } = setup;
    const settings = { ...runSettings(setup, { order, split }), record: [split[0] + steps] };
    const runs = runTrajectories(problem, [{ schedule: schedules.sequential, settings }], seedsOf(setup));
    return runs.map(([{ values }]) => ({ dpo: values[0], sft: values[1] }));
  },
};
