import { openRunFolder, type RunFolder, type RunResult } from '../results/run-folder.js';
import { identityOf, type IdentifyingSettings } from './identity.js';
import { prepareData, type JoinsReference } from './prepare-data.js';
import type { ObjectiveData } from './training.js';

/** A run to be prepared. */
export interface RunPreparation extends IdentifyingSettings {
  /** The folder that the run fills. */
  readonly folder: string;
  /** Whether a run in the folder is gone on with. */
  readonly resume: boolean;
  /** Told when the run is found to be still to do, before the reference policy is asked. */
  readonly onBegin?: () => void;
  readonly referenced: JoinsReference;
}

/** A run that has its folder and data, or had ended before. */
export type PreparedFolder =
  | { readonly finished: RunResult }
  | {
      readonly finished: undefined;
      readonly folder: RunFolder;
      /** What was to be prepared, in its order. */
      readonly data: readonly ObjectiveData[];
    };

/**
 * Prepares a run: identifies it, takes its folder, and computes what the reference policy says of its data. A run that
 * had ended costs none of that.
 * Throws an InputError where the folder is another run's or damaged, or the reference does not fit.
 */
export async function prepareRun({
  folder: path,
  resume,
  onBegin,
  referenced,
  ...run
}: RunPreparation): Promise<PreparedFolder> {
  const folder = await openRunFolder(path, { settings: await identityOf(run), resume });
  if (folder.result !== undefined) return { finished: folder.result };
  onBegin?.();
  return { finished: undefined, folder, data: await prepareData(run.data, referenced) };
}
