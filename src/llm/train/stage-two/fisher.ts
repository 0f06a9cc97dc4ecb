import * as tf from '@tensorflow/tfjs-core';
import { nextTurn } from '../../../base/next-turn.js';
import { stream } from '../../../base/random-stream.js';
import { tokenBatch, type TokenBatch } from '../../data/batch.js';
import type { SftExample } from '../../data/sft.js';
import { drawnToken } from '../../drawn-token.js';
import { predictedLogits, sequenceLogProbabilities } from '../../loss/log-probability.js';
import { sftTokens } from '../../loss/objective.js';
import type { LanguageModel } from '../../model/language-model.js';
import { weightedGradient } from '../gradient.js';

/**
 * An unbiased estimate of the diagonal of the Fisher matrix of f_SFT at the model, which is that of its Gauss–Newton matrix:
 * (1/tokens) Σ_t E_y (∂ log π(y | what stands before token t))². For every example one label is drawn at each of its
 * response tokens from the model itself and the gradient of their summed log-probability is squared: scores of different
 * tokens have the mean 0 and are drawn independently, so that the products of two of them vanish in expectation.
 * Adapters have it for their factors.
 * @param seed labels come from its stream "fisher"
 */
export async function fisherDiagonal(
  model: LanguageModel,
  examples: readonly SftExample[],
  seed: number,
): Promise<Map<string, tf.Variable>> {
  const random = stream(seed, 'fisher');
  const sums = new Map(Array.from(model.trainable, ([name, { shape }]) => [name, zeroVariable(shape)]));
  for (const { sequence } of examples) {
    const batch = tokenBatch([sequence], model);
    const labels = await drawnLabels(model, batch, () => random.uniform());
    const squares = squaredScores(model, batch, labels);
    tf.tidy(() => {
      for (const [name, sum] of sums) sum.assign(tf.add(sum, squares.get(name) ?? 0));
    });
    tf.dispose([...squares.values()]);
    await nextTurn();
  }
  const tokens = Math.max(1, sftTokens(examples));
  tf.tidy(() => {
    for (const sum of sums.values()) sum.assign(tf.div(sum, tokens));
  });
  return sums;
}

/** (∂ Σ_t log π(label_t | what stands before token t))² for every trainable variable. */
export function squaredScores(model: LanguageModel, batch: TokenBatch, labels: Int32Array): Map<string, tf.Tensor> {
  const { values, gradients } = weightedGradient(model.trainable, [
    {
      weight: 1,
      loss: () => tf.tidy(() => tf.sum<tf.Scalar>(sequenceLogProbabilities(model, { ...batch, targets: labels }))),
    },
  ]);
  tf.dispose(values);
  return new Map(
    Array.from(gradients, ([name, gradient]) => {
      const square = tf.square(gradient);
      gradient.dispose();
      return [name, square];
    }),
  );
}

/** A token at each predicted position of a batch, drawn from the model. */
async function drawnLabels(model: LanguageModel, batch: TokenBatch, uniform: () => number): Promise<Int32Array> {
  const labels = new Int32Array(batch.targets.length);
  let at = 0;
  for await (const logits of predictedLogits(model, batch)) {
    for (let row = 0; row < logits.length && at < batch.tokens; row += model.vocabularySize) {
      labels[at++] = drawnToken(logits.subarray(row, row + model.vocabularySize), uniform());
    }
  }
  return labels;
}

function zeroVariable(shape: number[]): tf.Variable {
  const start = tf.zeros<tf.Rank>(shape);
  const variable = tf.variable(start, false);
  start.dispose();
  return variable;
}
