import type { ChoiceName } from '../schedule/step.js';
import type { Columns } from '../base/parquet.js';
import type { Comparison, PreparatoryName, TuningRun, Variation } from './plan.js';

/** Which run a row belongs to. */
export interface RunKey {
  readonly comparison: Comparison;
  /** What figures tell it apart by: the key of a variant, or the name of a schedule of the user's own. */
  readonly schedule: string;
  /** The weight of DPO; for Sequential DPO's share of the steps, with which it is compared. */
  readonly lambda: number;
  /** DPO's share of a sequential run's steps; null for the others. */
  readonly dpoShare: number | null;
  /** The steps of the whole run: the experiment's T, or one of its other horizons. */
  readonly steps: number;
  readonly seed: number;
}

/**
 * One evaluation of one run, in the vocabulary of the convex results. It is what these figures need:
 * trade-off in loss space: `sft`, `dpo` by `step` (paths), at `step === steps` (end points);
 * optimality gaps and ideal distance per schedule and λ: `dpoGap`, `sftGap`, `idealDistance`, `gap` at the end;
 * forgetting through the stages: the first objective by `step`, for the sequential run with `dpoShare` ½;
 * theory beside experiment: `gap` by `step`.
 * Rows with `steps` other than the experiment's T belong to the question whether more steps close the gap.
 */
export interface EvaluationRow extends RunKey {
  /** The step after which it was evaluated, 0 to `steps`. */
  readonly step: number;
  /** f_DPO and f_SFT on the training examples. */
  readonly dpo: number;
  readonly sft: number;
  readonly dpoGap: number;
  readonly sftGap: number;
  /** F_λ − min F_λ, the minimum being the smallest F_λ at any evaluation of the comparison with the same seed. */
  readonly gap: number;
  /** F_max = max_i w_i (f_i − f_i*). */
  readonly maxGap: number;
  /** The distance to the ideal point, √(Σ_i (f_i − f_i*)²). */
  readonly idealDistance: number;
  /** The same with each gap in units of the start's: 1 is as far from one optimum as the start is, √2 as from both. */
  readonly normalizedIdealDistance: number;
  /** The share of pairs whose chosen reward is larger. */
  readonly rewardAccuracy: number;
  /** The same on held-out examples. */
  readonly heldOutDpo: number;
  readonly heldOutSft: number;
  readonly heldOutRewardAccuracy: number;
  /** The share of held-out pairs whose chosen reply the policy itself finds likelier: it stands in for the win rate. */
  readonly heldOutAccuracy: number;
}

/** The last evaluation of every run. */
export function endsOf(results: readonly EvaluationRow[]): EvaluationRow[] {
  return results.filter(({ step, steps }) => step === steps);
}

/** One step of MAXRIGHT: what it chose, and the weighted gaps on its records. */
export interface ChoiceRow extends RunKey {
  readonly step: number;
  readonly choice: ChoiceName;
  readonly dpoWeightedGap: number;
  readonly sftWeightedGap: number;
}

/** What a run cost. Seconds and bytes are the clock's and kept apart from the results, which two machines share. */
export interface CostRow extends RunKey {
  /** Seconds of all its steps, evaluations left out, and of a step: the mean and the median. */
  readonly seconds: number;
  readonly secondsPerStep: number;
  readonly medianSecondsPerStep: number;
  /** The most bytes of tensors at the end of a step's forward pass. */
  readonly tensorBytes: number;
  /** Gradients and further loss evaluations of each objective. */
  readonly dpoGradients: number;
  readonly sftGradients: number;
  readonly lossEvaluations: number;
}

/** What the ends of runs are measured by. */
export interface ReferenceRow {
  readonly comparison: Comparison;
  readonly seed: number;
  readonly reference: 'start' | 'untrained' | 'uniform guess' | 'SFT alone' | 'DPO alone';
  /** Null where it was not measured against this comparison's reference policy. */
  readonly dpo: number | null;
  readonly sft: number;
  readonly heldOutDpo: number | null;
  readonly heldOutSft: number;
  readonly heldOutAccuracy: number;
}

/**
 * The end of a run that varies a learning rate, β or f_SFT* of the compared one; f_DPO is that of its own β. Of a run that
 * diverged all is null.
 */
export interface SensitivityRow extends RunKey, Readonly<Record<keyof typeof endColumns, number | null>> {
  readonly variedOf: Variation['of'];
  readonly variedBy: number;
}

/** What a tuning run came to at its end on the validation split. */
export interface TuningRow {
  readonly about: TuningRun['about'];
  /** Null for SFT alone, which both comparisons share. */
  readonly comparison: Comparison | null;
  readonly schedule: string;
  /** Of the learning rate. */
  readonly factor: number;
  /** Null where the run diverged, for which it is passed over. */
  readonly dpo: number | null;
  readonly sft: number | null;
  /** What is smallest where it is chosen: the own loss, or F_λ; of f_DPO* the least loss on the data trained on. */
  readonly value: number | null;
  /** Whether f_SFT reached the uniform guess, for which it is passed over unless f_DPO* is sought. */
  readonly passesGuess: boolean;
  readonly chosen: boolean;
}

const keyColumns: Columns = {
  comparison: 'STRING',
  schedule: 'STRING',
  lambda: 'DOUBLE',
  dpoShare: 'DOUBLE',
  steps: 'INT32',
  seed: 'INT32',
};

const endColumns = {
  dpo: 'DOUBLE',
  sft: 'DOUBLE',
  rewardAccuracy: 'DOUBLE',
  heldOutDpo: 'DOUBLE',
  heldOutSft: 'DOUBLE',
  heldOutRewardAccuracy: 'DOUBLE',
  heldOutAccuracy: 'DOUBLE',
} as const satisfies Columns;

/** What is measured at the end of a run that has none. */
export const noEnd = Object.fromEntries(Object.keys(endColumns).map((name) => [name, null])) as Readonly<
  Record<keyof typeof endColumns, null>
>;

/** The tables of an experiment's folder, each as JSONL and as Parquet. */
export const tables = {
  results: {
    ...keyColumns,
    step: 'INT32',
    dpo: 'DOUBLE',
    sft: 'DOUBLE',
    dpoGap: 'DOUBLE',
    sftGap: 'DOUBLE',
    gap: 'DOUBLE',
    maxGap: 'DOUBLE',
    idealDistance: 'DOUBLE',
    normalizedIdealDistance: 'DOUBLE',
    rewardAccuracy: 'DOUBLE',
    heldOutDpo: 'DOUBLE',
    heldOutSft: 'DOUBLE',
    heldOutRewardAccuracy: 'DOUBLE',
    heldOutAccuracy: 'DOUBLE',
  },
  choices: {
    ...keyColumns,
    step: 'INT32',
    choice: 'STRING',
    dpoWeightedGap: 'DOUBLE',
    sftWeightedGap: 'DOUBLE',
  },
  cost: {
    ...keyColumns,
    seconds: 'DOUBLE',
    secondsPerStep: 'DOUBLE',
    medianSecondsPerStep: 'DOUBLE',
    tensorBytes: 'DOUBLE',
    dpoGradients: 'INT32',
    sftGradients: 'INT32',
    lossEvaluations: 'INT32',
  },
  references: {
    comparison: 'STRING',
    seed: 'INT32',
    reference: 'STRING',
    dpo: 'DOUBLE',
    sft: 'DOUBLE',
    heldOutDpo: 'DOUBLE',
    heldOutSft: 'DOUBLE',
    heldOutAccuracy: 'DOUBLE',
  },
  sensitivity: {
    ...keyColumns,
    variedOf: 'STRING',
    variedBy: 'DOUBLE',
    ...endColumns,
  },
  tuning: {
    about: 'STRING',
    comparison: 'STRING',
    schedule: 'STRING',
    factor: 'DOUBLE',
    dpo: 'DOUBLE',
    sft: 'DOUBLE',
    value: 'DOUBLE',
    passesGuess: 'BOOLEAN',
    chosen: 'BOOLEAN',
  },
} satisfies Record<string, Columns>;

/** The columns that may be null. */
export const nullableColumns: Readonly<Record<keyof typeof tables, readonly string[]>> = {
  results: ['dpoShare'],
  choices: ['dpoShare'],
  cost: ['dpoShare'],
  references: ['dpo', 'heldOutDpo'],
  sensitivity: ['dpoShare', ...Object.keys(endColumns)],
  tuning: ['comparison', 'dpo', 'sft', 'value'],
};

/** One evaluation of a preparatory run. */
export interface OptimumRow {
  readonly step: number;
  readonly dpo: number;
  readonly sft: number;
  readonly heldOutDpo: number;
  readonly heldOutSft: number;
  /** The share of held-out pairs whose chosen reply the policy finds likelier. */
  readonly heldOutAccuracy: number;
}

/** The evaluations of the preparatory runs, by name; DPO alone is among them where learning rates are chosen. */
export type Preparation = Readonly<
  Record<Exclude<PreparatoryName, DpoAlone>, readonly OptimumRow[]> & Partial<Record<DpoAlone, readonly OptimumRow[]>>
>;

type DpoAlone = `dpo-alone-${Comparison}`;
