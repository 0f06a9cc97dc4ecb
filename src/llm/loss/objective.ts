import * as tf from '@tensorflow/tfjs-core';
import { tokenBatch } from '../data/batch.js';
import type { PreferencePair } from '../data/preferences.js';
import type { SftExample } from '../data/sft.js';
import { responseTokens, type Sequence } from '../data/sequence.js';
import type { LanguageModel } from '../model/language-model.js';
import { preferenceLossOf } from '../../preference-loss/index.js';
import type { PreferenceLossSettings } from '../../preference-loss/preference-loss.js';
import { preferenceLoss } from './preference.js';
import { sequenceLogProbabilities, type LogProbabilityOptions } from './log-probability.js';

/** The reference policy's log-probabilities of the two replies of a pair; NaN where the loss has no reference. */
export interface ReferenceLogProbabilities {
  readonly chosen: number;
  readonly rejected: number;
}

/** A preference pair together with what the reference policy makes of it. */
export interface ReferencedPair {
  readonly pair: PreferencePair;
  readonly reference: ReferenceLogProbabilities;
}

/** |y|: the response tokens of a sequence, counted as 1 where there are none and the log-probability is 0. */
export function lengthOf(sequence: Sequence): number {
  return Math.max(1, responseTokens(sequence));
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

/** A times the NLL of the chosen replies, to be added to the loss on a part of a minibatch. */
export interface AddedNll {
  readonly weight: number;
  /** Chosen response tokens of the whole minibatch, by which the NLL is divided. */
  readonly tokens: number;
  /** Told the loss without it. */
  readonly own: (loss: tf.Scalar) => void;
}

/** The number of response tokens of the chosen replies. */
export function chosenTokens(examples: readonly ReferencedPair[]): number {
  return examples.reduce((sum, { pair }) => sum + responseTokens(pair.chosen), 0);
}

/**
 * f_DPO on a part of a minibatch: the preference losses of its pairs, divided by the pairs of the whole minibatch.
 * Chosen and rejected replies go through the model as one batch.
 * @param pairs pairs of the whole minibatch; by default of these examples
 */
export function dpoLoss(
  model: LanguageModel,
  examples: readonly ReferencedPair[],
  settings: PreferenceLossSettings,
  pairs = examples.length,
  { chosenNll, ...options }: LogProbabilityOptions & { readonly chosenNll?: AddedNll | undefined } = {},
): tf.Scalar {
  return tf.tidy(() => {
    const count = examples.length;
    const sequences = [...examples.map(({ pair }) => pair.chosen), ...examples.map(({ pair }) => pair.rejected)];
    const batch = tokenBatch(sequences, model);
    const logProbabilities = sequenceLogProbabilities(model, batch, options);
    const perToken = preferenceLossOf(settings).compares === 'mean-log-probability';
    const compared = perToken ? tf.div(logProbabilities, tf.tensor1d(sequences.map(lengthOf))) : logProbabilities;
    const difference: tf.Tensor1D = tf.sub(tf.slice(compared, [0], [count]), tf.slice(compared, [count], [count]));
    const reference = (): tf.Tensor1D =>
      tf.tensor1d(examples.map((one) => one.reference.chosen - one.reference.rejected));
    const loss = preferenceLoss(perToken ? difference : tf.sub(difference, reference()), settings);
    const own = tf.mul<tf.Scalar>(tf.sum(loss), 1 / pairs);
    if (chosenNll === undefined) return own;
    chosenNll.own(own);
    const likelihood = tf.sum(tf.slice(logProbabilities, [0], [count]));
    return tf.add<tf.Scalar>(own, tf.mul(likelihood, -chosenNll.weight / Math.max(1, chosenNll.tokens)));
  });
}
