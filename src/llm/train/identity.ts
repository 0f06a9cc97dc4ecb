import { replies } from '../evaluate.js';
import type { DecisiveSettings } from '../results/run-folder.js';
import type { Examples } from './prepare-data.js';
import { digestOfSequences } from './reference.js';
import { modelDigest } from './reference-policy.js';

/** What tells a run from another. */
export interface IdentifyingSettings {
  /** Every setting that decides a number. */
  readonly settings: DecisiveSettings;
  /** The folders of models that decide numbers too, by their names in the settings; undefined where there is none. */
  readonly models: Readonly<Record<string, string | undefined>>;
  /** The data trained on, and those evaluated on where they are others. */
  readonly data: readonly Examples[];
}

/** What identifies a run: the settings that decide its numbers, and digests of models and data in place of their paths. */
export async function identityOf({ settings, models, data }: IdentifyingSettings): Promise<DecisiveSettings> {
  const digests: Record<string, string | null> = {};
  for (const [name, path] of Object.entries(models)) {
    digests[name] = path === undefined ? null : await modelDigest(path);
  }
  return {
    ...settings,
    ...digests,
    data: data.map(({ sft, preferences }) => ({
      sft: sft === undefined ? null : digestOfSequences(sft.map(({ sequence }) => sequence)),
      preferences: preferences === undefined ? null : digestOfSequences(replies(preferences.map((pair) => ({ pair })))),
    })),
  };
}
