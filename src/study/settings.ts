import type { BackendName } from '../engine/names.js';
import type { PreferenceLossName, PreferenceLossSettings } from '../preference-loss/preference-loss.js';
import type { LoraConfig } from '../llm/model/lora.js';

/** How every run of an experiment trains. */
export interface TrainingSettings {
  /** The longest sequence; longer ones are cut. */
  readonly maximumLength: number;
  readonly inputField?: boolean;
  /** Examples of a step's minibatch that go through the model together. */
  readonly sftBatch: number;
  readonly preferenceBatch: number;
  /** Such batches in a step. */
  readonly accumulation: number;
  readonly learningRate: number;
  /** The second objective; by default dpo. */
  readonly preferenceLoss?: PreferenceLossName;
  /** β of it. */
  readonly beta: number;
  /** ε of cdpo. */
  readonly labelSmoothing?: number;
  /** What is trained: an adapter, or every weight. */
  readonly tuning: LoraConfig | 'full';
}

/** The model and the files of an experiment, and how much of the files it uses. */
export interface ExperimentFiles {
  readonly model: string;
  readonly tokenizer?: string;
  readonly sft: string;
  readonly preferences: string;
  /** Held-out data; by default the records of the training files behind those trained on. */
  readonly evaluationSft?: string;
  readonly evaluationPreferences?: string;
}

/** What is run, and how much of it. */
export interface ExperimentScale {
  /** Updates of a run, T. */
  readonly steps: number;
  /**
   * Runs of each kind, which differ in the records drawn from the files, their order, the adapter that is begun with and
   * ALRIGHT's coin; with synthetic data in the language and its pre-trained model too.
   */
  readonly seeds: number;
  /** The weights of DPO, and DPO's shares of Sequential's steps. */
  readonly lambdas: readonly number[];
  /** Steps between evaluations; the switch between stages is evaluated besides. */
  readonly evaluateEvery: number;
  /** The factors of the learning rate to choose from, for each objective and each schedule; of one there is no choice. */
  readonly learningRateFactors: readonly number[];
  /** The seeds with which learning rate, β and f_SFT* are varied, to see what depends on them: the first so many. */
  readonly sensitivitySeeds: number;
  /** Updates of the single-objective runs that find the optima: more than any compared run has. */
  readonly optimumSteps: number;
  /** Those of the runs to f_DPO*: DPO takes longer to its least loss than SFT takes to learn its data by heart. */
  readonly dpoOptimumSteps: number;
  /** Multiples of T that Sequential and ALRIGHT are run for beside T, to see whether more steps close the gap. */
  readonly horizons: readonly number[];
  /** The examples trained on, drawn from their files by the seed. */
  readonly sftExamples: number;
  readonly preferencePairs: number;
  /** Those of them that f_SFT and f_DPO are evaluated on: the first ones of each kind. */
  readonly evaluatedExamples: number;
  /** Held-out examples of each kind, and as many for validation, which learning rates are chosen by. */
  readonly heldOutExamples: number;
}

/** Everything that decides an experiment's numbers, as plain data, and where its files are. */
export interface ExperimentSettings {
  readonly preset: string;
  /** For each seed in turn, or one that all share: its model and its files. */
  readonly files: readonly ExperimentFiles[];
  readonly training: TrainingSettings;
  readonly scale: ExperimentScale;
  /** The schedules compared with Sequential: names, or paths to modules; those of the paper unless given. */
  readonly schedules?: readonly string[];
  /** The schedules' own settings, each for those that have it. */
  readonly scheduleSettings: Readonly<Record<string, unknown>>;
  readonly seed: number;
  /** Budgets of forgetting that a choice is made under, in nats of held-out f_SFT; shares of what SFT learns unless given. */
  readonly budgets?: readonly number[];
  /** The share of contradicting preferences, where the data are synthetic. */
  readonly conflict?: number;
  /** Whether backward passes run every block again, for less memory: it changes no number. */
  readonly recompute?: boolean;
  readonly backend: Exclude<BackendName, 'auto'>;
}

/** The model and the files of a seed. */
export function filesOf(
  { files, seed: first }: Pick<ExperimentSettings, 'files' | 'seed'>,
  seed: number,
): ExperimentFiles {
  return files.length === 1 ? files[0] : files[seed - first];
}

/** What decides which runs there are: all but the files. */
export type PlanSettings = Omit<ExperimentSettings, 'files'>;

/** Of the written settings those that decide no run, only what is said of them: they may change when a folder is gone on with. */
export const undecisive = ['budgets', 'recompute'] as const satisfies readonly (keyof PlanSettings)[];

/** An experiment's settings as its files hold them: without paths, and the schedules' settings beside the others. */
export type WrittenSettings = Omit<ExperimentSettings, 'files' | 'scheduleSettings'> &
  Readonly<Record<string, unknown>>;

/** The settings that an experiment's files hold. */
export function writtenSettings(settings: PlanSettings): WrittenSettings {
  const { preset, training, scale, schedules, scheduleSettings, seed, budgets, conflict, recompute, backend } =
    settings;
  return {
    ...{ preset, training, scale },
    ...(schedules !== undefined && { schedules }),
    ...scheduleSettings,
    seed,
    ...(budgets !== undefined && { budgets }),
    ...(conflict !== undefined && { conflict }),
    ...(recompute === true && { recompute }),
    backend,
  };
}

/** The preference loss of an experiment's runs. */
export function lossOf({ preferenceLoss, beta, labelSmoothing }: TrainingSettings): PreferenceLossSettings {
  return {
    ...(preferenceLoss !== undefined && { loss: preferenceLoss }),
    beta,
    ...(labelSmoothing !== undefined && { labelSmoothing }),
  };
}
