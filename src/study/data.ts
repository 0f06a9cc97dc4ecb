import { InputError } from '../base/input-error.js';
import { stream } from '../base/random-stream.js';
import { shuffled } from '../base/shuffled.js';
import type { PreferencePair } from '../llm/data/preferences.js';
import { readPreferences } from '../llm/data/preferences.js';
import type { SftExample } from '../llm/data/sft.js';
import type { PreparationSettings } from '../llm/data/prepared.js';
import { readSft } from '../llm/data/sft.js';
import type { Tokenizer } from '../llm/tokenizer/tokenizer.js';
import type { ExperimentFiles, ExperimentScale, TrainingSettings } from './settings.js';

/** Examples of both kinds. */
interface SplitExamples {
  readonly sft: readonly SftExample[];
  readonly preferences: readonly PreferencePair[];
}

/** The examples of a seed: those trained and evaluated on, those that learning rates are chosen by, and those held out. */
export interface ExperimentData {
  readonly train: SplitExamples;
  readonly validation: SplitExamples;
  readonly heldOut: SplitExamples;
}

/**
 * Reads the examples of a seed: drawn from those that fit, or the first of them where the files are the seed's own. Held-out examples come from files of their own, or from the
 * training files; no two of the three parts share a record.
 * Throws an InputError where a file has too few that fit.
 */
export async function readExperimentData(
  files: ExperimentFiles,
  tokenizer: Tokenizer,
  { maximumLength, inputField = false }: TrainingSettings,
  { sftExamples, preferencePairs, heldOutExamples }: ExperimentScale,
  seed: number | undefined,
): Promise<ExperimentData> {
  const prepared = { tokenizer, preparation: { maximumLength, inputField }, seed, heldOutCount: heldOutExamples };
  const sft = await split(readSft, files.sft, files.evaluationSft, { ...prepared, kind: 'sft', count: sftExamples });
  const preferences = await split(readPreferences, files.preferences, files.evaluationPreferences, {
    ...prepared,
    kind: 'preferences',
    count: preferencePairs,
  });
  const part = (i: 0 | 1 | 2): SplitExamples => ({ sft: sft[i], preferences: preferences[i] });
  return { train: part(0), validation: part(1), heldOut: part(2) };
}

type ExampleReader<Example> = (
  path: string,
  tokenizer: Tokenizer,
  settings: PreparationSettings,
) => Promise<{ readonly examples: readonly Example[] }>;

interface Splitting {
  readonly tokenizer: Tokenizer;
  readonly preparation: PreparationSettings;
  /** Undefined where the records are in a random order already. */
  readonly seed: number | undefined;
  readonly kind: string;
  readonly count: number;
  readonly heldOutCount: number;
}

type Split<Example> = [readonly Example[], readonly Example[], readonly Example[]];

async function split<Example>(
  read: ExampleReader<Example>,
  path: string,
  heldOutPath: string | undefined,
  { tokenizer, preparation, seed, kind, count, heldOutCount }: Splitting,
): Promise<Split<Example>> {
  const drawn = async (file: string, needed: number): Promise<Example[]> => {
    const { examples } = await read(file, tokenizer, preparation);
    if (examples.length < needed) {
      const expected = `at least ${needed}, or a larger --max-length or fewer examples`;
      const found = `${examples.length} records that fit in ${preparation.maximumLength} tokens`;
      throw new InputError(file, found, expected);
    }
    const order = seed === undefined ? examples : shuffled(examples, stream(seed, `experiment-records ${kind}`));
    return order.slice(0, needed);
  };
  const known = count + heldOutCount;
  const own = await drawn(path, heldOutPath === undefined ? known + heldOutCount : known);
  const heldOut = heldOutPath === undefined ? own.slice(known) : await drawn(heldOutPath, heldOutCount);
  return [own.slice(0, count), own.slice(count, known), heldOut];
}
