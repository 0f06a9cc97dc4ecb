import { InputError } from '../../base/input-error.js';
import type { RunSettings, Trajectory } from './trajectory.js';

/**
 * Throws an InputError where the run of a seed met a point at which an objective has no gradient, naming objective, step
 * and point, or where it diverged, naming the step.
 */
export function checkConverged(run: Trajectory, { stepSizes }: RunSettings, seed: number): void {
  const { divergedAt, undefinedGradient } = run;
  if (divergedAt === 0) return;
  if (undefinedGradient === undefined) {
    const expected = `smaller steps: the run of seed ${seed} diverged at step ${divergedAt}`;
    throw new InputError('step-size', stepSizes[divergedAt - 1], expected);
  }
  const { objective, theta, gradient } = undefinedGradient;
  throw new InputError(
    `gradient of objectives.${objective}`,
    Array.from(gradient, String),
    `a finite one: at step ${divergedAt} of the run of seed ${seed}, θ = (${Array.from(theta).join(', ')}), it is undefined`,
  );
}
