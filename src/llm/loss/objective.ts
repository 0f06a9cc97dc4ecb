import * as tf from '@tensorflow/tfjs-core';
import { tokenBatch } from '../data/batch.js';
import type { PreferencePair } from '../data/preferences.js';
import type { SftExample } from '../data/sft.js';
import { responseTokens } from '../data/sequence.js';
import type { LanguageModel } from '../model/language-model.js';
import { preferenceLoss, type DpoSettings } from './dpo.js';
import { sequenceLogProbabilities, type LogProbabilityOptions } from './log-probability.js';

/** The reference policy's log-probabilities of the two replies of a pair. */
export interface ReferenceLogProbabilities {
  readonly chosen: number;
  readonly rejected: number;
}

/** A preference pair together with what the reference policy makes of it. */
export interface ReferencedPair {
  readonly pair: PreferencePair;
  readonly reference: ReferenceLogProbabilities;
}

/** The number of response tokens of some SFT examples. */
export function sftTokens(examples: readonly SftExample[]): number {
  return examples.reduce((sum, { sequence }) => sum + responseTokens(sequence), 0);
}

/**
 * f_SFT on a part of a minibatch: its token cross-entropy over the response tokens, divided by the response tokens of
 * the whole minibatch, so that the parts of one minibatch add up to its mean.
 * @param tokens response tokens of the whole minibatch; by default of these examples
 */
export function sftLoss(
  model: LanguageModel,
  examples: readonly SftExample[],
  tokens = sftTokens(examples),
  options?: LogProbabilityOptions,
): tf.Scalar {
  return tf.tidy(() => {
    const batch = tokenBatch(
      examples.map(({ sequence }) => sequence),
      model,
    );
    const total = tf.sum(sequenceLogProbabilities(model, batch, options));
    return tf.mul<tf.Scalar>(total, -1 / Math.max(1, tokens));
  });
}

/**
 * f_DPO on a part of a minibatch: the preference losses of its pairs, divided by the pairs of the whole minibatch.
 * Chosen and rejected replies go through the model as one batch.
 * @param pairs pairs of the whole minibatch; by default of these examples
 */
export function dpoLoss(
  model: LanguageModel,
  examples: readonly ReferencedPair[],
  settings: DpoSettings,
  pairs = examples.length,
  options?: LogProbabilityOptions,
): tf.Scalar {
  return tf.tidy(() => {
    const count = examples.length;
    const sequences = [...examples.map(({ pair }) => pair.chosen), ...examples.map(({ pair }) => pair.rejected)];
    const batch = tokenBatch(sequences, model);
    const logProbabilities = sequenceLogProbabilities(model, batch, options);
    const policy = tf.sub(tf.slice(logProbabilities, [0], [count]), tf.slice(logProbabilities, [count], [count]));
    const reference = tf.tensor1d(examples.map((example) => example.reference.chosen - example.reference.rejected));
    const loss = preferenceLoss(tf.sub(policy, reference), settings);
    return tf.mul<tf.Scalar>(tf.sum(loss), 1 / pairs);
  });
}
