import type { RunSettings, Trajectory } from '../convex/simulate/trajectory.js';
import type { ScheduleSettings } from '../schedule/schedule.js';

/** How an ensemble is run; the rest follows from the subject. */
export interface MeasuredRunOptions extends Partial<
  Pick<RunSettings, 'values' | 'gradientBatch' | 'record' | 'recordPoints' | 'adaptive'>
> {
  readonly schedule: string;
  readonly stepSizes: Float64Array;
  readonly settings?: Partial<ScheduleSettings>;
}

/** The objective values that a run leaves behind, as in `Trajectory`. */
export type RunValues = Pick<Trajectory, 'values' | 'averageValues'>;
