import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The keys and values of the positions seen so far, by layer: what generation needs not compute again. Their tensors
 * [batch, keyValueHeads, slots, headWidth] have room for more positions than `length`, filled with zeros.
 */
export interface KeyValueCache {
  length: number;
  readonly layers: { keys: Tensor; values: Tensor }[];
}
