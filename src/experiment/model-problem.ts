import { fromFeatures, type FromFeaturesOptions } from '../convex/generate/from-features.js';
import type { DemonstrationRecord } from '../convex/generate/records.js';
import type { ProblemFile } from '../convex/problem/format.js';
import { sftPrompt } from '../llm/data/template.js';
import type { LanguageModel } from '../llm/model/language-model.js';
import { hasRoomForReply, replyFeatures, type ReplyFeatureOptions } from '../llm/reply-features.js';
import type { Tokenizer } from '../llm/tokenizer/tokenizer.js';

/** Options of `modelProblem`: those of `fromFeatures` and `replyFeatures`. */
export interface ModelProblemOptions extends Omit<FromFeaturesOptions, 'featuresOf'>, ReplyFeatureOptions {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
}

/**
 * The log-linear pair of real text whose features are a language model's hidden states: DPO and SFT of a policy that scores
 * replies by a linear function of them, with prompts as `forgetting llm train` has them. Records whose prompt leaves no
 * room for a reply in the model's context are left out before any is drawn; `dropped` says how many.
 */
export async function modelProblem({
  model,
  tokenizer,
  layer,
  batchSize,
  onProgress,
  ...options
}: ModelProblemOptions): Promise<{ problem: ProblemFile; dropped: number }> {
  const fits = ({ prompt }: { readonly prompt: string }): boolean => hasRoomForReply(model, tokenizer, prompt);
  const prompted = options.sft.map((record): DemonstrationRecord => ({ ...record, prompt: sftPrompt(record.prompt) }));
  const [preferences, sft] = [options.preferences.filter(fits), prompted.filter(fits)];
  const given = {
    ...(layer === undefined ? {} : { layer }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(onProgress === undefined ? {} : { onProgress }),
  };
  const problem = await fromFeatures({
    ...options,
    preferences,
    sft,
    featuresOf: (texts) => replyFeatures(model, tokenizer, texts, given),
  });
  return { problem, dropped: options.preferences.length + options.sft.length - preferences.length - sft.length };
}
