import * as tf from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../data/batch.js';
import { requireFinite } from '../finite.js';
import { apply } from '../model/custom-gradient.js';
import type { Dropout } from '../model/dropout.js';
import type { LanguageModel } from '../model/language-model.js';
import { vocabularyLogProbability } from './vocabulary.js';

/** How log-probabilities are computed. */
export interface LogProbabilityOptions {
  /** False leaves the LoRA factors out: the reference policy. */
  readonly adapter?: boolean;
  /** What training leaves out of the adapter's inputs. */
  readonly dropout?: Dropout;
  /** The most vocabulary logits held at once: where there are more, they are computed in chunks of positions, twice. */
  readonly logitBudget?: number;
}

/** 2²⁵ logits are 128 MiB in float32. */
const defaultLogitBudget = 2 ** 25;

/**
 * log π(response | prompt) of each sequence of a batch: the log-probabilities of its predicted tokens, summed.
 * Vocabulary logits exist only at predicted positions, and never for more of them at once than the budget allows.
 * @returns shape [rows], float32, differentiable in the model's variables
 */
export function sequenceLogProbabilities(
  model: LanguageModel,
  batch: TokenBatch,
  { adapter = true, dropout, logitBudget = defaultLogitBudget }: LogProbabilityOptions = {},
): tf.Tensor1D {
  return tf.tidy(() => {
    const { rows, targets } = batch;
    if (targets.length === 0) return tf.zeros<tf.Rank.R1>([rows]);
    const predicting = predictingStates(model, batch, { adapter, ...(dropout && { dropout }) });
    const { rows: states, head, trained } = model.toVocabulary(predicting, adapter, dropout);
    const values = vocabularyLogProbability(states as tf.Tensor2D, { head, trained, targets, logitBudget });
    return sumByOwner(values, batch);
  });
}

/** The hidden states that predict the tokens of a batch, [predicted tokens, width]. */
function predictingStates(
  model: LanguageModel,
  { ids, rows, length, positions, tokens }: TokenBatch,
  options: { readonly adapter: boolean; readonly dropout?: Dropout },
): tf.Tensor2D {
  const hidden = model.hidden(tf.tensor2d(ids, [rows, length], 'int32'), options);
  return takeRows(tf.reshape(hidden, [rows * length, hidden.shape[2] ?? 0]), positions, tokens);
}

/**
 * The vocabulary logits at the predicted positions of a batch, in runs of whole rows of `model.vocabularySize` numbers,
 * never more of them at once than the budget allows. What they hold beyond `batch.tokens` rows is padding.
 */
export async function* predictedLogits(
  model: LanguageModel,
  batch: TokenBatch,
  logitBudget = defaultLogitBudget,
): AsyncGenerator<Float32Array> {
  if (batch.tokens === 0) return;
  const states = tf.tidy(() => predictingStates(model, batch, { adapter: true }));
  const each = Math.max(1, Math.floor(logitBudget / model.vocabularySize));
  try {
    for (let first = 0; first < batch.tokens; first += each) {
      const count = Math.min(each, batch.tokens - first);
      const logits = tf.tidy(() => model.project(tf.slice(states, [first, 0], [count, -1])));
      const values = await logits.data<'float32'>();
      logits.dispose();
      requireFinite('logit', values);
      yield values;
    }
  } finally {
    states.dispose();
  }
}

/**
 * Rows of a matrix by indices, of which the first `count` are distinct and the rest padding. Backwards it is a gather
 * too, by the inverse of the indices, with a zero row for what was not taken: the stock gradient needs a kernel that
 * wasm lacks.
 */
function takeRows(matrix: tf.Tensor2D, indices: Int32Array, count: number): tf.Tensor2D {
  const [rows, width] = matrix.shape;
  const inverse = new Int32Array(rows).fill(indices.length);
  for (let taken = 0; taken < count; taken++) inverse[indices[taken]] = taken;
  return apply(
    {
      forward: (x) => ({ value: tf.gather(x, tf.tensor1d(indices, 'int32')), saved: [] }),
      backward: (dy) => [tf.gather(tf.concat([dy, tf.zeros([1, width])], 0), tf.tensor1d(inverse, 'int32'))],
    },
    matrix,
  ) as tf.Tensor2D;
}

/** The sum of each row's token log-probabilities, shape [rows], as a product with the 0/1 matrix of owners. */
function sumByOwner(logProbabilities: tf.Tensor1D, { rows, tokens, owners }: TokenBatch): tf.Tensor1D {
  const membership = new Float32Array(owners.length * rows);
  for (let token = 0; token < tokens; token++) membership[token * rows + owners[token]] = 1;
  const sums = tf.matMul(
    tf.reshape(logProbabilities, [1, owners.length]),
    tf.tensor2d(membership, [owners.length, rows]),
  );
  return tf.reshape(sums, [rows]);
}
