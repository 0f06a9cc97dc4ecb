import type { ExperimentScale, TrainingSettings } from '../experiment/settings.js';

/** Where a preset's model and data come from. */
export type PresetSource =
  | { readonly kind: 'synthetic' }
  /** Files of the folder that FORGETTING_DATA names. */
  | {
      readonly kind: 'data-folder';
      readonly model: string;
      readonly sft: string;
      readonly preferences: string;
      readonly heldOutSft: string;
      readonly heldOutPreferences: string;
    }
  /** Repositories of the HF hub; a local folder and local files may be given in their place. */
  | { readonly kind: 'hub'; readonly model: string; readonly sft: string; readonly preferences: string };

/** A whole experiment as data: what it runs on, how it trains, and how much of it there is. */
export interface Preset {
  readonly name: string;
  readonly description: string;
  readonly source: PresetSource;
  readonly training: TrainingSettings;
  /** MAXRIGHT evaluates both objectives every so many steps. */
  readonly period: number;
  /** In at most ten minutes on two cores, and with `--full`; equal where the preset is for other machines. */
  readonly scale: ExperimentScale;
  readonly full: ExperimentScale;
}
