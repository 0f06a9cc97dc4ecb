import { quadraticWindow } from './landscape.js';
import { problemSource } from './problem-source.js';
import type { Job } from './protocol.js';
import { stagesOf, type State } from './state.js';

/** What a state asks of the workers; throws an InputError where a file of one's own is not JSON. */
export function jobOf(state: State): Omit<Job, 'id'> {
  const own = state.own.filter(({ key }) => state.schedules.includes(key));
  const { schedules, remedies, forgetAtMost, lambda, steps, stepSize, period, batch, seeds, seed } = state;
  return {
    ...{ source: problemSource(state), schedules, own, remedies, lambda, steps, stepSize, split: stagesOf(state) },
    ...{ period, batch, seeds, seed },
    ...(forgetAtMost !== undefined && { forgetAtMost }),
    ...(state.kind === 'quadratic' ? { window: quadraticWindow } : {}),
  };
}
