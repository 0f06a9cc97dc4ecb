import type { Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import type { Backend } from '../../engine/names.js';
import type { PreferencePair } from '../../llm/data/preferences.js';
import type { Prepared, SftExample } from '../../llm/data/sft.js';
import type { ReferencedPair } from '../../llm/loss/objective.js';
import type { LanguageModel } from '../../llm/model/language-model.js';
import type { Tokenizer } from '../../llm/tokenizer/tokenizer.js';
import { checkedPreferenceLoss, preferenceLossNames, preferenceLossOf } from '../../preference-loss/index.js';
import type { PreferenceLossName, PreferenceLossSettings } from '../../preference-loss/preference-loss.js';
import { integerOption, numberOption, wordOption } from '../arguments.js';
import { withBackendOptions, type BackendCommandOptions } from './backend.js';
import { hubCacheOption } from './hub.js';
import { withModelOptions, type ModelCommandOptions } from './model.js';
import { startProgress } from '../../base/progress.js';

/** The options that evaluate and train share. */
export interface SessionOptions extends BackendCommandOptions, ModelCommandOptions {
  readonly sft: string;
  readonly preferences: string;
  readonly reference?: string;
  readonly beta: number;
  readonly preferenceLoss: PreferenceLossName;
  readonly labelSmoothing?: number;
  readonly margin?: number;
  readonly maxLength?: number;
  readonly inputField?: boolean;
  readonly cache: string;
  readonly json?: boolean;
}

/** A model and its tokenizer. */
export interface LoadedModel {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

/** Adds the options that evaluate and train share. */
export function withSessionOptions(command: Command): Command {
  const described = withModelOptions(command)
    .requiredOption('--sft <file>', 'JSONL or Parquet with instruction and output, or org/dataset[:file] of the HF hub')
    .requiredOption('--preferences <file>', 'JSONL or Parquet with prompt, chosen and rejected, or org/dataset[:file]')
    .option(
      '--reference <path>',
      'reference policy: a model, or an adapter folder (default: the model without adapter)',
    )
    .option(
      '--preference-loss <name>',
      `the second objective: ${preferenceLossNames.join(', ')}`,
      wordOption('preference-loss', preferenceLossNames),
      'dpo',
    )
    .option('--beta <number>', 'β of the preference loss', numberOption('beta'), 0.1)
    .option(
      '--label-smoothing <number>',
      'ε of cdpo: the probability that a preference is the wrong way round',
      numberOption('label-smoothing'),
    )
    .option('--margin <number>', 'γ of simpo: what the chosen reply shall win by (default: 0)', numberOption('margin'))
    .option(
      '--max-length <tokens>',
      'longest sequence; longer ones are cut (default: the context of the model, at most 2048)',
      integerOption('max-length', 4),
    )
    .option('--input-field', 'add the input field to the SFT prompt');
  return withBackendOptions(described)
    .option('--cache <folder>', 'where reference log-probabilities are kept', '.cache/llm')
    .addOption(hubCacheOption())
    .option('--json', 'print JSON');
}

/** The form of the preference loss that the options ask for. */
export function preferenceLossSettings(options: SessionOptions): PreferenceLossSettings {
  const { beta, preferenceLoss: loss, labelSmoothing, margin } = options;
  return checkedPreferenceLoss({
    loss,
    beta,
    ...(labelSmoothing !== undefined && { labelSmoothing }),
    ...(margin !== undefined && { margin }),
  });
}

/** A pair of prepared data files. */
export interface SessionData {
  readonly sft: Prepared<SftExample>;
  readonly preferences: Prepared<PreferencePair>;
}

/**
 * Reads and prepares a pair of data files.
 * Throws an InputError where the maximum length is over the model's context.
 */
export async function readData(
  files: { readonly sft: string; readonly preferences: string },
  { model, tokenizer }: LoadedModel,
  options: SessionOptions,
): Promise<SessionData> {
  const { readSft } = await import('../../llm/data/sft.js');
  const { readPreferences } = await import('../../llm/data/preferences.js');
  const settings = { maximumLength: maximumLengthOf(model, options), inputField: options.inputField ?? false };
  return {
    sft: await readSft(files.sft, tokenizer, settings),
    preferences: await readPreferences(files.preferences, tokenizer, settings),
  };
}

/** The longest sequence, checked to fit the model's context. */
function maximumLengthOf({ contextLength }: LanguageModel, { maxLength }: SessionOptions): number {
  const length = maxLength ?? Math.min(2048, contextLength);
  if (length > contextLength) {
    throw new InputError('max-length', length, `at most ${contextLength}, the context of the model`);
  }
  return length;
}

/** The pairs with the log-probabilities of the reference policy, computed only where the cache does not hold them. */
export async function referenced(
  pairs: readonly PreferencePair[],
  model: LanguageModel,
  backend: Backend,
  { model: path, tokenizer, reference, cache, preferenceLoss: loss }: SessionOptions,
): Promise<ReferencedPair[]> {
  if (preferenceLossOf({ loss }).compares === 'mean-log-probability') {
    if (reference !== undefined)
      throw new InputError('reference', reference, `none with ${loss}, which has no reference`);
    return pairs.map((pair) => ({ pair, reference: { chosen: NaN, rejected: NaN } }));
  }
  const { referencedPairs } = await import('../../llm/train/reference-policy.js');
  const bar = startProgress('reference', 2 * pairs.length);
  try {
    return await referencedPairs(pairs, {
      model,
      path,
      ...(tokenizer !== undefined && { tokenizer }),
      ...(reference !== undefined && { reference }),
      backend,
      cache,
      onProgress: (done) => {
        bar.update(done);
      },
    });
  } finally {
    bar.stop();
  }
}
