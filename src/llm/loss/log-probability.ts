import * as tf from '@tensorflow/tfjs-core';
import type { TokenBatch } from '../data/batch.js';
import type { LanguageModel } from '../model/language-model.js';

/** How log-probabilities are computed. */
export interface LogProbabilityOptions {
  /** False leaves the LoRA factors out: the reference policy. */
  readonly adapter?: boolean;
  /** The most vocabulary logits held at once; positions are taken in chunks that stay below. */
  readonly logitBudget?: number;
}

/** 2²⁴ logits are 64 MiB in float32. */
const defaultLogitBudget = 2 ** 24;

/**
 * log π(response | prompt) of each sequence of a batch: the log-probabilities of its predicted tokens, summed.
 * Vocabulary logits exist only at predicted positions, and never for more of them at once than the budget allows:
 * with several chunks, each is computed again in the backward pass instead of being kept.
 * @returns shape [rows], float32, differentiable in the model's variables
 */
export function sequenceLogProbabilities(
  model: LanguageModel,
  batch: TokenBatch,
  { adapter = true, logitBudget = defaultLogitBudget }: LogProbabilityOptions = {},
): tf.Tensor1D {
  return tf.tidy(() => {
    const { rows, length, targets } = batch;
    const count = targets.length;
    if (count === 0) return tf.zeros<tf.Rank.R1>([rows]);
    const hidden = model.hidden(tf.tensor2d(batch.ids, [rows, length], 'int32'), { adapter });
    const width = hidden.shape[2] ?? 0;
    const predicting = takeRows(tf.reshape(hidden, [rows * length, width]), batch.positions, batch.tokens);
    const chunk = Math.max(1, Math.floor(logitBudget / model.vocabularySize));
    const parts: tf.Tensor1D[] = [];
    for (let start = 0; start < count; start += chunk) {
      const end = Math.min(count, start + chunk);
      const ofChunk = (states: tf.Tensor2D): tf.Tensor1D =>
        targetLogProbability(model.project(states) as tf.Tensor2D, targets.subarray(start, end));
      const states = tf.slice(predicting, [start, 0], [end - start, width]);
      parts.push(count <= chunk ? ofChunk(states) : recomputed(model, ofChunk, states));
    }
    return sumByOwner(parts.length === 1 ? parts[0] : tf.concat1d(parts), batch);
  });
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
  const take = withGradient((x) => ({
    value: tf.gather(x, tf.tensor1d(indices, 'int32')),
    gradFunc: (dy) => tf.gather(tf.concat([dy, tf.zeros([1, width])], 0), tf.tensor1d(inverse, 'int32')),
  }));
  return take(matrix) as tf.Tensor2D;
}

/** log softmax(logits)[target] of each row; the gradient, onehot − softmax, is formed from the saved log-softmax. */
function targetLogProbability(logits: tf.Tensor2D, targets: Int32Array): tf.Tensor1D {
  const [rows, vocabulary] = logits.shape;
  const ofTargets = withGradient((x, save) => {
    const logSoftmax = tf.sub(x, tf.logSumExp(x, 1, true));
    save([logSoftmax]);
    const flat = Int32Array.from(targets, (target, row) => row * vocabulary + target);
    return {
      value: tf.gather(tf.reshape(logSoftmax, [rows * vocabulary]), tf.tensor1d(flat, 'int32')),
      gradFunc: (dy, saved) => {
        const onehot = tf.cast(tf.oneHot(tf.tensor1d(targets, 'int32'), vocabulary), 'float32');
        return tf.mul(tf.sub(onehot, tf.exp(saved[0])), tf.reshape(dy, [rows, 1]));
      },
    };
  });
  return ofTargets(logits) as tf.Tensor1D;
}

/** tfjs's customGrad for one input. */
function withGradient(
  f: (
    x: tf.Tensor,
    save: tf.GradSaveFunc,
  ) => { value: tf.Tensor; gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor },
): (x: tf.Tensor) => tf.Tensor {
  return tf.customGrad((...inputs) => f(inputs[0] as tf.Tensor, inputs[1] as tf.GradSaveFunc));
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

/**
 * f(states) whose intermediate tensors are not kept for the backward pass but computed again there, with gradients for
 * the states and for every variable of the model that f reads.
 */
function recomputed(model: LanguageModel, f: (states: tf.Tensor2D) => tf.Tensor1D, states: tf.Tensor2D): tf.Tensor1D {
  const variables = projectionVariables(model, states.shape[1]);
  const operation = tf.customGrad((...inputs) => {
    const [x, save] = [inputs[0] as tf.Tensor2D, inputs.at(-1) as tf.GradSaveFunc];
    save([x]);
    return {
      value: f(x),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const weighted = (): tf.Tensor => tf.sum(tf.mul(f(saved[0] as tf.Tensor2D), dy));
        return nestedGradients(weighted, [saved[0], ...variables]);
      },
    };
  });
  return operation(states, ...variables);
}

/** Gradients taken while a backward pass is under way, whose record of operations tfjs would otherwise lose. */
function nestedGradients(f: () => tf.Tensor, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const engine = tf.engine();
  const outer = engine.state.activeTape;
  try {
    return engine.gradients(f, [...inputs]).grads;
  } finally {
    engine.state.activeTape = outer;
  }
}

const known = new WeakMap<LanguageModel, readonly tf.Variable[]>();

/** The trainable variables that `project` reads, found by differentiating it once. */
function projectionVariables(model: LanguageModel, width: number): readonly tf.Variable[] {
  const before = known.get(model);
  if (before !== undefined) return before;
  const trainable = [...model.trainable.values()];
  const read = tf.tidy(() => {
    const state = tf.ones([1, width]);
    const { grads } = tf.engine().gradients(() => tf.sum(model.project(state)), [state, ...trainable], undefined, true);
    return trainable.filter((_, index) => (grads[index + 1] as tf.Tensor | undefined | null) != null);
  });
  known.set(model, read);
  return read;
}
