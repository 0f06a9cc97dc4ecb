import type { ScheduleKey } from '../../src/schedule/key.js';

/** What was measured after a step; of the optional numbers a file may have some. */
export interface MeasureRow extends Partial<Record<ShownGapName, number>> {
  readonly step: number;
  readonly dpo: number;
  readonly sft: number;
  /** The 95 % interval of each measure that has one. */
  readonly intervals: Partial<Record<ShownGapName | 'dpo' | 'sft', readonly [number, number]>>;
}

/** The distances to an optimum that results may hold, in the order in which they are shown. */
export const gapNames = ['dpoGap', 'sftGap', 'idealDistance', 'gap', 'maxGap'] as const;
export type ShownGapName = (typeof gapNames)[number];

/** What a step worked on and the losses that it saw. */
export interface StepRow {
  readonly step: number;
  /** The share of DPO in what the steps since the last row worked on: 0 or 1 for a single step, ½ for Mix. */
  readonly dpoShare: number;
  readonly dpoLoss: number | null;
  readonly sftLoss: number | null;
}

/** What a run cost, by the name under which it is shown. */
export type RunCost = Readonly<Partial<Record<CostName, number>>>;

/** The costs that results may hold, and how they are called. */
export const costNames = {
  gradients: 'gradients per step',
  evaluations: 'loss evaluations per step',
  seconds: 'seconds per step',
  bytes: 'peak memory of tensors, MB',
} as const;
export type CostName = keyof typeof costNames;

/** The settings by which a table tells its runs apart, other than schedule and seed. */
export const settingNames = ['comparison', 'lambda', 'steps', 'dpoShare'] as const;
export type SettingName = (typeof settingNames)[number];
export type Settings = Readonly<Partial<Record<SettingName, string | number>>>;

/** Everything that dropped files say of one run, or of the mean of its seeds. */
export interface FileRun {
  /** The folder or the file that it came with. */
  readonly source: string;
  /** The schedule as its file calls it; '' where it does not. */
  readonly schedule: string;
  readonly settings: Settings;
  /** What the visitor calls it. */
  readonly name?: string;
  readonly measures: readonly MeasureRow[];
  readonly steps: readonly StepRow[];
  readonly cost: RunCost;
}

/** A run under the name by which charts and tables tell it from the others. */
export interface LabelledRun extends FileRun {
  readonly label: string;
  /** The schedule, where it is one with a look of its own. */
  readonly key: ScheduleKey | undefined;
  /** The run without its label, which depends on the runs beside it. */
  readonly of: FileRun;
}

/** Adds a run, or what its file says more of a run that is known: measures, steps and costs come in different files. */
export function added(runs: readonly FileRun[], run: FileRun): FileRun[] {
  const known = runs.findLastIndex((other) => identity(other) === identity(run) && complements(other, run));
  return known < 0 ? [...runs, run] : runs.with(known, joined(runs[known], run));
}

function identity({ source, schedule, settings }: FileRun): string {
  return JSON.stringify([source, schedule, settingNames.map((name) => settings[name] ?? null)]);
}

/** Whether two runs hold nothing of the same kind. */
function complements(a: FileRun, b: FileRun): boolean {
  const both = (name: 'measures' | 'steps'): boolean => a[name].length > 0 && b[name].length > 0;
  return !both('measures') && !both('steps') && !Object.keys(a.cost).some((name) => name in b.cost);
}

function joined(a: FileRun, b: FileRun): FileRun {
  return {
    ...a,
    measures: a.measures.length > 0 ? a.measures : b.measures,
    steps: a.steps.length > 0 ? a.steps : b.steps,
    cost: { ...a.cost, ...b.cost },
  };
}
