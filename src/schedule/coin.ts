import { stream, type Stream } from '../base/random-stream.js';
import type { Schedule } from './schedule.js';

/** The stream of uniform numbers that a schedule draws from in a training of a seed. */
export function coinOf({
  schedule,
  seed,
}: {
  readonly schedule: Pick<Schedule, 'name'>;
  readonly seed: number;
}): Stream {
  return stream(seed, `${schedule.name}-coin`);
}
