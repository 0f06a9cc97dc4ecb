import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { differentiated, targetLogProbability } from '../backend/target-log-probability.js';
import { apply, type Operation } from '../model/custom-gradient.js';

/** What hidden states are compared with. */
export interface Vocabulary {
  /** [vocabulary, width] */
  readonly head: Tensor;
  /** A token for each row of hidden states. */
  readonly targets: Int32Array;
  /** The most logits in memory at once. */
  readonly logitBudget: number;
}

/**
 * log softmax(states · headᵀ)[target] of each row of states: [rows, width] → [rows].
 *
 * Where all logits fit the budget they are kept for the backward pass, which writes their gradient over them.
 * Otherwise rows are taken in chunks that fit; a chunk's logits are gone when it is done, and computed again in the
 * backward pass. A head that is no variable gets no gradient.
 */
export function vocabularyLogProbability(states: tf.Tensor2D, vocabulary: Vocabulary): tf.Tensor1D {
  const { head, targets, logitBudget } = vocabulary;
  const chunks = chunksOf(targets.length, Math.max(1, Math.floor(logitBudget / (head.shape[0] ?? 1))));
  const trained = head instanceof tf.Variable;
  const keeps = chunks.length === 1;
  const targetsOf = ({ start, end }: Chunk): Tensor => tf.tensor1d(targets.subarray(start, end), 'int32');
  const logitsOf = (x: Tensor): Tensor => tf.matMul(x, head, false, true);
  const operation: Operation = {
    forward: (x) => {
      if (keeps) {
        const logits = logitsOf(x);
        const value = targetLogProbability(logits, targetsOf(chunks[0]));
        return { value, saved: [x, value, logits] };
      }
      const values = chunks.map((chunk) =>
        tf.tidy(() => targetLogProbability(logitsOf(rowsOf(x, chunk)), targetsOf(chunk))),
      );
      const value = tf.concat(values);
      return { value, saved: [x, value] };
    },
    backward: (dy, [x, value, kept]) => {
      let ofHead: Tensor | undefined;
      const ofStates = chunks.map((chunk) => {
        const before = ofHead;
        const { dx, dHead } = tf.tidy(() => {
          const part = rowsOf(x, chunk);
          const logits = keeps ? kept : logitsOf(part);
          const [logProbabilities, weights] = [rowsOf(value, chunk), rowsOf(dy, chunk)];
          const gradient = differentiated({ logits, targets: targetsOf(chunk), logProbabilities, dy: weights });
          const product = trained && tf.matMul(gradient, part, true, false);
          return {
            dx: tf.matMul(gradient, head),
            ...(product && { dHead: before === undefined ? product : tf.add(before, product) }),
          };
        });
        tf.dispose(before ?? []);
        ofHead = dHead;
        return dx;
      });
      return [tf.concat(ofStates), ...(ofHead === undefined ? [] : [ofHead])];
    },
  };
  return (trained ? apply(operation, states, head) : apply(operation, states)) as tf.Tensor1D;
}

/** Rows from `start` to before `end`. */
interface Chunk {
  readonly start: number;
  readonly end: number;
}

function chunksOf(count: number, size: number): Chunk[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    start: i * size,
    end: Math.min(count, (i + 1) * size),
  }));
}

function rowsOf(x: Tensor, { start, end }: Chunk): Tensor {
  const [rows, ...rest] = x.shape;
  if (end - start === rows) return x;
  return tf.slice(x, [start, ...rest.map(() => 0)], [end - start, ...rest]);
}
