import type { Command } from 'commander';
import { InputError } from '../../base/input-error.js';
import { startProgress } from '../../base/progress.js';
import type { FromTextOptions } from '../../convex/generate/from-text.js';
import type { ProblemFile } from '../../convex/problem/format.js';
import { integerOption } from '../arguments.js';
import { announce, openCommandBackend, withBackendOptions, type BackendCommandOptions } from './backend.js';
import { hubCacheOption, withLocalInputs } from './hub.js';
import { modelHelp, tokenizerOption } from './model.js';

/** The options of features that a language model gives. */
export interface ModelFeatureOptions extends BackendCommandOptions {
  readonly model?: string;
  readonly tokenizer?: string;
  readonly layer?: number;
  readonly hubCache: string;
}

/** Adds what --features model needs. */
export function withModelFeatures(command: Command): Command {
  return withBackendOptions(command)
    .option('--model <path>', `for --features model: ${modelHelp}`)
    .addOption(tokenizerOption())
    .option(
      '--layer <n>',
      'how many of the model’s blocks the features are taken after (default: all)',
      integerOption('layer', 0),
    )
    .addOption(hubCacheOption());
}

/** The problem of records whose features are a model's hidden states. */
export async function problemOfModel(
  records: Omit<FromTextOptions, 'features'>,
  given: ModelFeatureOptions,
): Promise<ProblemFile> {
  if (given.model === undefined) throw new InputError('model', given.model, 'a model, which --features model needs');
  for (const field of ['dimension', 'ngram'] as const) {
    if (records[field] === undefined) continue;
    throw new InputError(field, records[field], 'it to be left out with --features model: d is the model’s width');
  }
  const { loadModel } = await import('../../llm/model/load.js');
  const { modelProblem } = await import('../../experiment/model-problem.js');
  const { model: path, tokenizer: tokenizerPath, hubCache } = given;
  const local = await withLocalInputs({ model: path, hubCache });
  const backend = await openCommandBackend(given);
  announce(backend);
  let bar: ReturnType<typeof startProgress> | undefined;
  try {
    const { model, tokenizer } = await loadModel({
      model: local.model,
      ...(tokenizerPath === undefined ? {} : { tokenizer: tokenizerPath }),
    });
    const { problem, dropped } = await modelProblem({
      ...records,
      model,
      tokenizer,
      ...(given.layer === undefined ? {} : { layer: given.layer }),
      onProgress: (done, total) => {
        bar ??= startProgress('features', total);
        bar.update(done);
      },
    });
    if (dropped > 0) {
      process.stderr.write(
        `${dropped} records left out: their prompts leave no room in ${model.contextLength} tokens\n`,
      );
    }
    return problem;
  } finally {
    bar?.stop();
    backend.close();
  }
}

/** Refuses what only a model's features need. */
export function refuseModelOptions({ model, tokenizer, layer }: ModelFeatureOptions): void {
  for (const [field, value] of Object.entries({ model, tokenizer, layer })) {
    if (value !== undefined) throw new InputError(field, value, 'it only with --features model');
  }
}
