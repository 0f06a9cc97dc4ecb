import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { productWith, takenRows } from '../../engine/half-matrix.js';
import { sumRows } from '../../engine/sum-rows.js';
import { attend } from './attention.js';
import {
  rotatedAttention,
  rotatedAttentionGradient,
  type AttentionInputs,
  type HeadLayout,
} from '../../engine/fused-kernels.js';
import type { KeyValueCache } from './cache.js';
import { add, apply, reshape, type Operation } from './custom-gradient.js';
import { rotate, type RotaryTables } from './rotary.js';

/** A block of a decoder: rows [batch · length, width] to rows of the same shape, at a place. */
export type Block = (rows: Tensor, place: Place) => Tensor;

/** What an architecture's forward pass is written in. */
export interface Network {
  /** A tensor by its HF name, one that is small enough for a buffer of its own. */
  weight(name: string): Tensor;
  /** A tensor by its HF name as the runs of rows it is held in, nearly always one. */
  parts(name: string): readonly Tensor[];
  /** The rows of token ids in the embedding, with its adapter where it has one: [batch · length, width]. */
  embed(ids: Tensor): Tensor;
  /** Rows through a block, by the name of its module: what it made on the way and no gradient needs is freed at its end. */
  block(name: string, rows: Tensor, place: Place, block: Block): Tensor;
  /** Rows [rows, in] through a module's linear map and, where it has one, its adapter: [rows, out]. */
  linear(rows: Tensor, module: string): Tensor;
}

/** Where in its sequences a forward pass stands. */
export interface Place {
  readonly batch: number;
  readonly length: number;
  /** The positions before it, whose keys and values are kept. */
  readonly past: number;
  readonly tables: RotaryTables;
  /**
   * What is added to scores where attention is composed of tfjs's own operations: where no kernel is all of it, or keys
   * are kept.
   */
  readonly mask: Tensor | undefined;
  /** The same for layers that look back over a window, where the sequences are longer than it. */
  readonly windowMask: Tensor | undefined;
  /** The keys and values of earlier positions, and the matrix [reach, length] that puts new ones in their slots. */
  readonly memory: { readonly cache: KeyValueCache; readonly slots: Tensor } | undefined;
}

/** The rows of token ids [batch, length] in an embedding table, held in runs of rows: [batch · length, width]. */
export function embed(table: readonly Tensor[], ids: Tensor): Tensor {
  const flat = tf.reshape(ids, [-1]);
  if (table.length === 1) return takenRows(table[0], flat);
  let first = 0;
  const found = table.map((part) => {
    const rows = part.shape[0] ?? 0;
    const own = tf.sub(flat, tf.scalar(first, 'int32'));
    first += rows;
    const within = tf.minimum(tf.maximum(own, tf.scalar(0, 'int32')), tf.scalar(rows - 1, 'int32'));
    const held = tf.reshape(tf.cast(tf.equal(own, within), 'float32'), [-1, 1]);
    return tf.mul(takenRows(part, within), held);
  });
  return found.reduce((sum, rows) => add(sum, rows));
}

/**
 * Rows [batch · length, width], each with the row of its position in a table [contextLength, width] added. A table that
 * is no variable gets no gradient.
 */
export function addPositions(rows: Tensor, table: Tensor, { batch, length, past }: Place): Tensor {
  const [contextLength, width = 0] = table.shape;
  const whole = [batch, length * width];
  const trained = table instanceof tf.Variable;
  const operation: Operation = {
    forward: (x, t = table) => {
      const added = tf.reshape(tf.slice(t, [past, 0], [length, width]), [1, length * width]);
      return { value: tf.reshape(tf.add(tf.reshape(x, whole), added), x.shape), saved: [] };
    },
    backward: (dy) => {
      if (!trained) return [tf.clone(dy)];
      const summed = tf.reshape(sumRows(tf.reshape(dy, whole)), [length, width]);
      const around: [number, number][] = [
        [past, contextLength - past - length],
        [0, 0],
      ];
      return [tf.clone(dy), tf.pad(summed, around)];
    },
  };
  return trained ? apply(operation, rows, table) : apply(operation, rows);
}

/** Rows [rows, in] times a matrix [in, out], held in runs of its rows: [rows, out]. */
export function times(rows: Tensor, matrix: readonly Tensor[]): Tensor {
  if (matrix.length === 1) return productWith(rows, matrix[0], false);
  let first = 0;
  const products = matrix.map((part) => {
    const [inputs = 0] = part.shape;
    const columns = tf.slice(rows, [0, first], [-1, inputs]);
    first += inputs;
    return productWith(columns, part, false);
  });
  return products.reduce((sum, product) => add(sum, product));
}

/** Rows [rows, in] times the transpose of a matrix [out, in], held in runs of its rows: [rows, out]. */
export function timesTransposed(rows: Tensor, matrix: readonly Tensor[]): Tensor {
  if (matrix.length === 1) return productWith(rows, matrix[0], true);
  return tf.concat(
    matrix.map((part) => productWith(rows, part, true)),
    -1,
  );
}

/** Rows [batch · length, heads · headWidth] as [batch, heads, length, headWidth]. */
function splitHeads(rows: Tensor, heads: number, { batch, length }: Place): Tensor {
  const headWidth = (rows.shape[1] ?? 0) / heads;
  return tf.transpose(reshape(rows, [batch, length, heads, headWidth]), [0, 2, 1, 3]);
}

/** One layer's heads: how many, and whether they look back over the model's window only. */
export interface AttentionLayer {
  readonly layer: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headWidth: number;
  readonly windowed?: boolean;
}

/**
 * Rotated causal attention of one layer, from rows [batch · length, …] of projected queries, keys and values: three
 * tensors, or one that holds them side by side for each head.
 * @returns rows [batch · length, heads · headWidth]
 */
export function selfAttention(projected: readonly Tensor[], attention: AttentionLayer, place: Place): Tensor {
  const { heads, keyValueHeads, headWidth, windowed = false } = attention;
  const mask = (windowed ? place.windowMask : undefined) ?? place.mask;
  if (mask === undefined) return fusedAttention(projected, { heads, keyValueHeads, headWidth }, place);
  const split =
    projected.length === 1
      ? tf.split(splitHeads(projected[0], heads, place), 3, -1)
      : projected.map((rows, i) => splitHeads(rows, i === 0 ? heads : keyValueHeads, place));
  return composedAttention(split, attention.layer, mask, place);
}

/** The same composed of tfjs's own operations, over split heads. */
function composedAttention(
  [queries, keys, values]: readonly Tensor[],
  layer: number,
  mask: Tensor,
  { tables, memory }: Place,
): Tensor {
  const added = { keys: rotate(keys, tables), values };
  const seen = memory === undefined ? added : remember(memory, layer, added);
  const mixed = attend(rotate(queries, tables), seen.keys, seen.values, mask);
  const [batch, heads, length, headWidth] = mixed.shape;
  return reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * length, heads * headWidth]);
}

/** The same as one kernel. */
function fusedAttention(rows: readonly Tensor[], heads: Omit<HeadLayout, 'pairs' | 'joined'>, place: Place): Tensor {
  const { cosines, sines, pairs } = place.tables;
  const layout: HeadLayout = { ...heads, pairs, joined: rows.length === 1 ? 1 : 0 };
  const inputsOf = (given: readonly Tensor[], tables: readonly Tensor[]): AttentionInputs => ({
    queries: given[0],
    keys: given[layout.joined === 1 ? 0 : 1],
    values: given[layout.joined === 1 ? 0 : 2],
    cosines: tables[0],
    sines: tables[1],
  });
  const operation: Operation = {
    forward: (...given) => {
      const [value, statistics] = rotatedAttention(inputsOf(given, [cosines, sines]), layout);
      return { value, saved: [statistics, cosines, sines, ...given] };
    },
    backward: (dy, [statistics, c, s, ...given]) =>
      rotatedAttentionGradient({ ...inputsOf(given, [c, s]), dy, statistics }, layout),
  };
  return apply(operation, ...rows);
}

type KeysAndValues = KeyValueCache['layers'][number];

/** Puts a layer's new keys and values beside the earlier ones and returns them all. */
function remember({ cache, slots }: NonNullable<Place['memory']>, layer: number, added: KeysAndValues): KeysAndValues {
  const earlier = cache.layers.at(layer);
  const join = (before: Tensor | undefined, after: Tensor): Tensor => {
    const placed = tf.matMul(slots, after);
    if (before === undefined) return tf.keep(placed);
    const room = (slots.shape[0] ?? 0) - (before.shape[2] ?? 0);
    const widened =
      room === 0
        ? before
        : tf.pad(before, [
            [0, 0],
            [0, 0],
            [0, room],
            [0, 0],
          ]);
    return tf.keep(tf.add(widened, placed));
  };
  const whole = { keys: join(earlier?.keys, added.keys), values: join(earlier?.values, added.values) };
  if (earlier !== undefined) tf.dispose([earlier.keys, earlier.values]);
  cache.layers[layer] = whole;
  return whole;
}
