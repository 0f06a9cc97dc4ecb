import type { ExperimentScale, TrainingSettings } from '../settings.js';

/** Where a preset's model and data come from; files given on the command line take the place of its own. */
export type PresetSource =
  /** Made by this program. */
  | { readonly kind: 'synthetic' }
  /** Files of the folder that FORGETTING_DATA names. */
  | ({ readonly kind: 'data-folder' } & PresetFiles)
  /** Repositories of the HF hub. */
  | ({ readonly kind: 'hub' } & PresetFiles);

interface PresetFiles {
  readonly model: string;
  readonly sft: string;
  readonly preferences: string;
  /** Held-out data; without them, the records behind those trained on. */
  readonly evaluationSft?: string;
  readonly evaluationPreferences?: string;
}

/** A whole experiment as data: what it runs on, how it trains, and how much of it there is. */
export interface Preset {
  readonly name: string;
  readonly description: string;
  readonly source: PresetSource;
  readonly training: TrainingSettings;
  /** The first seed. */
  readonly seed: number;
  /** The settings of schedules that are others than the schedules' own defaults. */
  readonly scheduleSettings: Readonly<Record<string, unknown>>;
  /** Whether backward passes run every block again unless told otherwise, so that the steps fit into less memory. */
  readonly recompute?: boolean;
  /** In at most ten minutes on two cores, and with `--full`; equal where the preset is for other machines. */
  readonly scale: ExperimentScale;
  readonly full: ExperimentScale;
  /** What of `training` is different with `--full`. */
  readonly fullTraining?: Partial<TrainingSettings>;
}
