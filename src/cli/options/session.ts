import type { Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import type { Backend } from '../../engine/names.js';
import type { PreferencePair } from '../../llm/data/preferences.js';
import type { Fields } from '../../llm/data/form.js';
import { summaryLines, type Prepared } from '../../llm/data/prepared.js';
import type { SftExample } from '../../llm/data/sft.js';
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
  readonly sft?: readonly string[];
  readonly preferences?: readonly string[];
  readonly sftFormat?: string;
  readonly preferenceFormat?: string;
  readonly sftFields?: Fields;
  readonly preferenceFields?: Fields;
  readonly template?: string;
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
    .option(
      '--sft <files...>',
      'SFT data: JSONL, JSON arrays (.gz too) or Parquet; files, folders, patterns, or org/dataset[:file] of the HF hub',
    )
    .option('--preferences <files...>', 'preference data, in the same ways')
    .option('--sft-format <form>', 'form of the SFT records (default: by the first of each file)')
    .option('--preference-format <form>', 'form of the preference records (default: by the first of each file)')
    .option(
      '--sft-fields <names>',
      'names of fields, as in prompt=question,response=answer',
      fieldsOption('sft-fields'),
    )
    .option(
      '--preference-fields <names>',
      'names of fields, as in prompt=question,chosen=better,rejected=worse',
      fieldsOption('preference-fields'),
    )
    .option(
      '--template <name>',
      'published, none, chat, FILE.jinja, or a text with {prompt} (default: published; chat for conversations)',
    )
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
    .option(
      '--margin <number>',
      'γ of simpo: by how much the chosen reply should win (default: 0)',
      numberOption('margin'),
    )
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

/** The names of fields that "prompt=question,response=answer" gives. */
function fieldsOption(field: string): (text: string) => Fields {
  return (text) => {
    const pairs = text.split(',').map((pair) => pair.split('=').map((part) => part.trim()));
    if (pairs.some((pair) => pair.length !== 2 || pair.includes(''))) {
      throw new InputError(field, text, 'names with = and commas, as in prompt=question');
    }
    return Object.fromEntries(pairs) as Fields;
  };
}

/** Prepared data files; undefined where none are given of an objective. */
export interface SessionData {
  readonly sft: Prepared<SftExample> | undefined;
  readonly preferences: Prepared<PreferencePair> | undefined;
}

/** The paths of data files of both objectives. */
export interface SessionFiles {
  readonly sft?: readonly string[] | undefined;
  readonly preferences?: readonly string[] | undefined;
}

/**
 * Reads and prepares data files.
 * Throws an InputError where the maximum length is over the model's context, or there is no data at all.
 */
export async function readData(
  files: SessionFiles,
  { model, tokenizer }: LoadedModel,
  options: SessionOptions,
): Promise<SessionData> {
  const { readSft } = await import('../../llm/data/sft.js');
  const { readPreferences } = await import('../../llm/data/preferences.js');
  if (files.sft === undefined && files.preferences === undefined) {
    throw new InputError('sft', undefined, 'data files: --sft, --preferences or both');
  }
  const { template, sftFormat, sftFields, preferenceFormat, preferenceFields, inputField = false } = options;
  const settings = { maximumLength: maximumLengthOf(model, options), inputField, template };
  return {
    sft: files.sft && (await readSft(files.sft, tokenizer, { ...settings, format: sftFormat, fields: sftFields })),
    preferences:
      files.preferences &&
      (await readPreferences(files.preferences, tokenizer, {
        ...settings,
        ...{ format: preferenceFormat, fields: preferenceFields },
      })),
  };
}

/** Says how the files were read, a line each, and warns of what is suspicious in them. */
export function announceData({ sft, preferences }: SessionData, prefix = ''): void {
  for (const [name, prepared] of Object.entries({ sft, preferences })) {
    for (const line of prepared === undefined ? [] : summaryLines(prefix + name, prepared.summary)) {
      process.stderr.write(`${line}\n`);
    }
  }
}

/** The longest sequence, checked to fit the model's context. */
export function maximumLengthOf({ contextLength }: LanguageModel, { maxLength }: SessionOptions): number {
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
      throw new InputError('reference', reference, `it to be left out with ${loss}, which has no reference`);
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
