import { InputError } from '../base/input-error.js';
import type { PreferencePair } from '../llm/data/preferences.js';
import { readPreferences } from '../llm/data/preferences.js';
import type { SftExample } from '../llm/data/sft.js';
import type { PreparationSettings } from '../llm/data/prepared.js';
import { readSft } from '../llm/data/sft.js';
import type { Tokenizer } from '../llm/tokenizer/tokenizer.js';
import type { ExperimentFiles, ExperimentScale, TrainingSettings } from './settings.js';

/** The examples of an experiment: those trained and evaluated on, and those held out. */
export interface ExperimentData {
  readonly train: { readonly sft: readonly SftExample[]; readonly preferences: readonly PreferencePair[] };
  readonly heldOut: { readonly sft: readonly SftExample[]; readonly preferences: readonly PreferencePair[] };
}

/**
 * Reads an experiment's examples: of each file the first ones that fit. Held-out examples come from files of their own,
 * or from the training files behind those trained on.
 * Throws an InputError where a file has too few that fit.
 */
export async function readExperimentData(
  files: ExperimentFiles,
  tokenizer: Tokenizer,
  { maximumLength, inputField = false }: TrainingSettings,
  { sftExamples, preferencePairs, heldOutExamples }: ExperimentScale,
): Promise<ExperimentData> {
  const preparation = { maximumLength, inputField };
  const [sft, heldOutSft] = await split(readSft, files.sft, files.evaluationSft, sftExamples, heldOutExamples, {
    tokenizer,
    preparation,
  });
  const [preferences, heldOutPreferences] = await split(
    readPreferences,
    files.preferences,
    files.evaluationPreferences,
    preferencePairs,
    heldOutExamples,
    { tokenizer, preparation },
  );
  return { train: { sft, preferences }, heldOut: { sft: heldOutSft, preferences: heldOutPreferences } };
}

type Reader<Example> = (
  path: string,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
) => Promise<{ readonly examples: readonly Example[] }>;

async function split<Example>(
  read: Reader<Example>,
  path: string,
  heldOutPath: string | undefined,
  count: number,
  heldOutCount: number,
  { tokenizer, preparation }: { tokenizer: Tokenizer; preparation: PreparationSettings },
): Promise<[readonly Example[], readonly Example[]]> {
  const { examples } = await read(path, tokenizer, preparation);
  const { maximumLength } = preparation;
  const enough = (found: readonly Example[], needed: number, file: string): readonly Example[] => {
    if (found.length < needed) {
      const expected = `at least ${needed}, or a larger --max-length or fewer examples`;
      throw new InputError(file, `${found.length} records that fit in ${maximumLength} tokens`, expected);
    }
    return found.slice(0, needed);
  };
  if (heldOutPath === undefined) {
    const all = enough(examples, count + heldOutCount, path);
    return [all.slice(0, count), all.slice(count)];
  }
  const heldOut = await read(heldOutPath, tokenizer, preparation);
  return [enough(examples, count, path), enough(heldOut.examples, heldOutCount, heldOutPath)];
}
