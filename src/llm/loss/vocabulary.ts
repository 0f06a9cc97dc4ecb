import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { productWith } from '../../engine/half-matrix.js';
import { differentiated, targetLogProbability } from '../../engine/target-log-probability.js';
import { apply, type Operation } from '../model/custom-gradient.js';
import { timesTransposed } from '../model/network.js';

/** What hidden states are compared with. */
export interface Vocabulary {
  /** [vocabulary, width], as the runs of rows it is held in, nearly always one. */
  readonly head: readonly Tensor[];
  /** Whether it gets a gradient; by default where it is a variable. */
  readonly trained?: boolean;
  /** A token for each row of hidden states. */
  readonly targets: Int32Array;
  /** The most logits in memory at once. */
  readonly logitBudget: number;
}

/**
 * log softmax(states · headᵀ)[target] of each row of states: [rows, width] → [rows]. Rows are taken in chunks whose
 * logits fit the budget. A head that is no variable gets no gradient.
 */
export function vocabularyLogProbability(states: tf.Tensor2D, vocabulary: Vocabulary): tf.Tensor1D {
  const { head, trained = head[0] instanceof tf.Variable } = vocabulary;
  const values = trained
    ? apply(withTrainedHead(vocabulary), states, ...head)
    : apply(withFrozenHead(vocabulary), states);
  return values as tf.Tensor1D;
}

/**
 * With a frozen head, the gradient for the states is known up to a factor for each row as soon as the logits are: they
 * need neither be kept nor computed again.
 */
function withFrozenHead({ head, ...vocabulary }: Vocabulary): Operation {
  const chunks = chunksOf(head, vocabulary);
  return {
    forward: (x) => {
      const differentiating = tf.engine().state.gradientDepth > 0;
      const parts = chunks.map((chunk) =>
        tf.tidy(() => {
          const logits = timesTransposed(rowsOf(x, chunk), head);
          const targets = chunk.targets();
          const value = targetLogProbability(logits, targets);
          if (!differentiating) return { value };
          const gradient = differentiated({ logits, targets, logProbabilities: value, dy: tf.onesLike(value) });
          return { value, perUnit: [timesHead(gradient, head)] };
        }),
      );
      const perUnit = parts.flatMap((part) => part.perUnit ?? []);
      return {
        value: tf.concat(parts.map(({ value }) => value)),
        saved: perUnit.length > 0 ? [tf.concat(perUnit)] : [],
      };
    },
    backward: (dy, [perUnit]) => [tf.mul(perUnit, tf.reshape(dy, [-1, 1]))],
  };
}

/**
 * With a trained head, logits that all fit the budget are kept for the backward pass, which writes their gradient over
 * them; a chunk's logits are computed again there.
 */
function withTrainedHead({ head, ...vocabulary }: Vocabulary): Operation {
  const chunks = chunksOf(head, vocabulary);
  const keeps = chunks.length === 1;
  return {
    forward: (x) => {
      if (keeps) {
        const logits = timesTransposed(x, head);
        const value = targetLogProbability(logits, chunks[0].targets());
        return { value, saved: [x, value, ...head, logits] };
      }
      const values = chunks.map((chunk) =>
        tf.tidy(() => targetLogProbability(timesTransposed(rowsOf(x, chunk), head), chunk.targets())),
      );
      const value = tf.concat(values);
      return { value, saved: [x, value, ...head] };
    },
    backward: (dy, [x, values, ...saved]) => {
      // A head that was put together for this pass is gone by now, except for what was saved of it.
      const held = saved.slice(0, head.length);
      const kept = saved[head.length];
      let ofHead: Tensor[] | undefined;
      const ofStates = chunks.map((chunk) => {
        const before = ofHead;
        const { dx, dHead } = tf.tidy(() => {
          const [part, logProbabilities, weights] = [x, values, dy].map((tensor) => rowsOf(tensor, chunk));
          const logits = keeps ? kept : timesTransposed(part, held);
          const gradient = differentiated({ logits, targets: chunk.targets(), logProbabilities, dy: weights });
          const products = columnsByPart(gradient, held).map((columns) => tf.matMul(columns, part, true, false));
          return {
            dx: timesHead(gradient, held),
            dHead: before === undefined ? products : products.map((product, i) => tf.add(before[i], product)),
          };
        });
        tf.dispose(before ?? []);
        ofHead = dHead;
        return dx;
      });
      return [tf.concat(ofStates), ...(ofHead ?? [])];
    },
  };
}

/** The gradient for logits [rows, vocabulary] times the head: [rows, width]. */
function timesHead(gradient: Tensor, head: readonly Tensor[]): Tensor {
  if (head.length === 1) return productWith(gradient, head[0], false);
  const products = columnsByPart(gradient, head).map((columns, part) => productWith(columns, head[part], false));
  return products.reduce((sum, product) => tf.add(sum, product));
}

/** The columns of [rows, vocabulary] that belong to each run of the head's rows. */
function columnsByPart(matrix: Tensor, head: readonly Tensor[]): Tensor[] {
  if (head.length === 1) return [matrix];
  let first = 0;
  return head.map(({ shape: [rows = 0] }) => {
    const columns = tf.slice(matrix, [0, first], [-1, rows]);
    first += rows;
    return columns;
  });
}

/** Rows from `start` to before `end`, and the tokens they predict. */
interface Chunk {
  readonly start: number;
  readonly end: number;
  readonly targets: () => Tensor;
}

function chunksOf(head: readonly Tensor[], { targets, logitBudget }: Omit<Vocabulary, 'head'>): Chunk[] {
  const size = Math.max(1, Math.floor(logitBudget / head.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0)));
  return Array.from({ length: Math.ceil(targets.length / size) }, (_, i) => {
    const [start, end] = [i * size, Math.min(targets.length, (i + 1) * size)];
    return { start, end, targets: () => tf.tensor1d(targets.subarray(start, end), 'int32') };
  });
}

function rowsOf(x: Tensor, { start, end }: Chunk): Tensor {
  const [rows, ...rest] = x.shape;
  return end - start === rows ? x : tf.slice(x, [start, ...rest.map(() => 0)], [end - start, ...rest]);
}
