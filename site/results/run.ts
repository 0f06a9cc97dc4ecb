import type { ScheduleKey } from '../../src/figure/theme.js';

/** What was measured after a step; of the optional numbers a file may have some. */
export interface MeasureRow extends Partial<Record<GapName, number>> {
  readonly step: number;
  readonly dpo: number;
  readonly sft: number;
  /** The 95 % interval of each measure that has one. */
  readonly intervals: Partial<Record<GapName | 'dpo' | 'sft', readonly [number, number]>>;
}

/** The distances to an optimum that results may hold, in the order in which they are shown. */
export const gapNames = ['dpoGap', 'sftGap', 'idealDistance', 'gap', 'maxGap'] as const;
export type GapName = (typeof gapNames)[number];

/** What a step worked on and the losses that it saw. */
export interface StepRow {
  readonly step: number;
  /** The share of DPO in what the steps since the last row worked on: 0 or 1 for a single step, ½ for Mix. */
  readonly dpoShare: number;
  readonly dpoLoss: number | null;
  readonly sftLoss: number | null;
}

/** What a run cost, by the name under which it is shown. */
export type Cost = Readonly<Partial<Record<CostName, number>>>;

/** The costs that results may hold, and how they are called. */
export const costNames = {
  gradients: 'gradients per step',
  evaluations: 'loss evaluations per step',
  seconds: 'seconds per step',
  bytes: 'peak memory of tensors, MB',
} as const;
export type CostName = keyof typeof costNames;

/** Everything that dropped files say of one run. */
export interface Run {
  /** Runs that differ in anything have different labels. */
  readonly label: string;
  readonly schedule: ScheduleKey | undefined;
  readonly measures: readonly MeasureRow[];
  readonly steps: readonly StepRow[];
  readonly cost: Cost;
}

/** Two halves of what is known of one run: its evaluations and its steps come in different files. */
export function joined(a: Run, b: Run): Run {
  return {
    label: a.label,
    schedule: a.schedule ?? b.schedule,
    measures: a.measures.length > 0 ? a.measures : b.measures,
    steps: a.steps.length > 0 ? a.steps : b.steps,
    cost: { ...a.cost, ...b.cost },
  };
}
