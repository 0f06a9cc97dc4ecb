import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { stream } from '../../base/random-stream.js';
import { apply } from './custom-gradient.js';

/** Rows that go into a module's adapter, of which training leaves some numbers out: zeros, the others scaled up. */
export type Dropout = (rows: Tensor, module: string) => Tensor;

/** How much is left out, and what decides which. */
export interface DropoutSettings {
  readonly seed: number;
  readonly probability: number;
}

/**
 * The dropout of one forward pass, as PEFT's lora_dropout: every number is left out with the probability p, what stays is
 * divided by 1 − p. Which numbers, the seed, the key of the pass and the module decide, so that a step computed again
 * after an interruption leaves out the same.
 * @returns options of a loss; empty where the probability is 0
 */
export function dropoutOf(settings: DropoutSettings | undefined, key: string): { readonly dropout?: Dropout } {
  if (settings === undefined || settings.probability === 0) return {};
  const { seed, probability } = settings;
  const dropout: Dropout = (rows, module) =>
    apply(
      {
        forward: (x) => {
          const mask = dropoutMask(x.size, probability, seed, `lora-dropout ${key} ${module}`);
          const factors = tf.tensor(mask, x.shape);
          return { value: tf.mul(x, factors), saved: [factors] };
        },
        backward: (dy, [factors]) => [tf.mul(dy, factors)],
      },
      rows,
    );
  return { dropout };
}

/**
 * Numbers that are 0 with probability p and 1 / (1 − p) otherwise. Number i is a hash of i and two words that the seed
 * and the purpose give, because a mask is as large as a layer's activations and the Mersenne Twister would take longer
 * than the layer.
 */
export function dropoutMask(count: number, probability: number, seed: number, purpose: string): Float32Array {
  const random = stream(seed, purpose);
  const [first, second] = [random.integer(2 ** 32), random.integer(2 ** 32)];
  const below = probability * 2 ** 32;
  const kept = 1 / (1 - probability);
  const mask = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    // The finalizer of MurmurHash3, with the second word between its two halves.
    let hash = (first + Math.imul(i, 0x9e3779b9)) | 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ second;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    if ((hash ^ (hash >>> 16)) >>> 0 >= below) mask[i] = kept;
  }
  return mask;
}
