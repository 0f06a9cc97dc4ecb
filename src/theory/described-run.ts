import type { RunSettings } from '../convex/simulate/trajectory.js';
import { schedules } from '../schedule/index.js';
import type { Order, Pair } from '../schedule/schedule.js';
import { describedSettings } from '../schedule/settings.js';

/** A run as the statements speak of it; what is absent is as `forgetting run` has it unless told. */
export interface DescribedRun {
  /** The schedule's name. */
  readonly schedule: string;
  readonly stepSizes: Float64Array;
  readonly order?: Order;
  /** Steps of the first and the second stage of a sequential run; halves unless given. */
  readonly split?: readonly [number, number];
  /** Steps between the evaluations of both objectives; 1 unless given. */
  readonly period?: number;
  /** Whether α_t = 2R/√(2 Σ_{s ≤ t} ‖g_s‖²) instead of `stepSizes`, whose length alone counts then. */
  readonly adaptive?: boolean;
  /** Whether steps are αw_i instead of α; not unless given. */
  readonly weightedSteps?: boolean;
  /** Cycles of alternating stages. */
  readonly cycles?: number;
  /** ρ: the share of the first objective in stage two; its weight unless given. */
  readonly replay?: number;
  /** δ and e of a budget; 0 unless given. */
  readonly forgetAtMost?: number;
  readonly tolerance?: number;
  /** μ of smooth Tchebycheff. */
  readonly smoothing?: number;
  /** What a schedule that compares values sees: minibatch losses unless given. */
  readonly values?: RunSettings['values'];
  /** Whether the gradient is taken on the minibatch that the choice was made by; shared unless given. */
  readonly gradientBatch?: RunSettings['gradientBatch'];
  /** η: what is added to the optima that the schedule is told. */
  readonly optimumError?: Pair;
}

/** The schedule's own settings, as the run has them. */
export function ownSettingsOf(run: DescribedRun): Readonly<Record<string, unknown>> {
  return describedSettings(schedules[run.schedule], { ...run });
}

/** α where all steps are equal and positive. */
export function constantStep({ stepSizes, adaptive }: DescribedRun): number | undefined {
  if (adaptive === true) return undefined;
  return stepSizes.every((size) => size === stepSizes[0]) && stepSizes[0] > 0 ? stepSizes[0] : undefined;
}

/** α where the steps decay linearly to be measured after them: α_t = α (T + 1 − t)/(T + 1). */
export function linearStep({ stepSizes, adaptive }: DescribedRun): number | undefined {
  if (adaptive === true) return undefined;
  const { length } = stepSizes;
  const alpha = (stepSizes[0] * (length + 1)) / length;
  const isLinear = stepSizes.every(
    (size, i) => Math.abs(size - (alpha * (length - i)) / (length + 1)) <= 1e-12 * alpha,
  );
  return isLinear && alpha > 0 ? alpha : undefined;
}

/** T equal step sizes. */
export function constantSteps(stepSize: number, steps: number): Float64Array {
  return new Float64Array(steps).fill(stepSize);
}

/** Linear decay of T steps to be measured at the point after them: α (T + 1 − t)/(T + 1). */
export function linearSteps(stepSize: number, steps: number): Float64Array {
  return Float64Array.from({ length: steps }, (_, i) => (stepSize * (steps - i)) / (steps + 1));
}

/** Steps of the first of two stages: halves, the first the longer, unless given. */
export function firstStage({ split, stepSizes }: DescribedRun): number {
  return split?.[0] ?? Math.ceil(stepSizes.length / 2);
}
