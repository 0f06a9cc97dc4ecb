import * as tf from '@tensorflow/tfjs-core';
import { hashedUniform } from './hashed-weights.js';

/** The fastest plain matrix product that the current backend was seen to make. */
export interface MatmulLimit {
  /** Rows, columns and inner dimension of the product. */
  readonly size: number;
  readonly gigaflopsPerSecond: number;
}

const sizes = [128, 256, 512, 768, 1024, 2048, 4096, 8192];
/** A product that takes this long is large enough, whatever its size: a software GPU needs minutes for the largest. */
const longEnoughSeconds = 0.1;

/** What else the machine does may last this long; the fastest product is looked for beyond it. */
const patienceSeconds = 2;

/**
 * The speed of the current backend at plain products of large square matrices: the best of a few of each size, and of as many
 * more of the best size as two seconds hold.
 */
export async function measureMatmulLimit(repeats = 3): Promise<MatmulLimit> {
  let best: MatmulLimit = { size: 0, gigaflopsPerSecond: 0 };
  const measure = async (size: number, times: number): Promise<number> => {
    const seconds = await fastestProduct(size, times);
    const gigaflopsPerSecond = (2 * size ** 3) / seconds / 1e9;
    if (gigaflopsPerSecond > best.gigaflopsPerSecond) best = { size, gigaflopsPerSecond };
    return seconds;
  };
  for (const size of sizes) {
    const seconds = await measure(size, repeats);
    if (seconds > longEnoughSeconds) break;
  }
  const seconds = (2 * best.size ** 3) / best.gigaflopsPerSecond / 1e9;
  await measure(best.size, Math.min(100, Math.ceil(patienceSeconds / seconds)));
  return best;
}

async function fastestProduct(size: number, repeats: number): Promise<number> {
  const [a, b] = [1, 2].map((seed) => tf.tensor2d(hashedUniform(seed, { first: 0, end: size ** 2 }), [size, size]));
  let fastest = Infinity;
  // The first run also compiles.
  for (let run = 0; run <= repeats; run++) {
    const began = performance.now();
    const product = tf.tidy(() => tf.slice(tf.matMul(a, b), [0, 0], [1, 1]));
    await product.data();
    if (run > 0) fastest = Math.min(fastest, (performance.now() - began) / 1000);
    product.dispose();
  }
  tf.dispose([a, b]);
  return fastest;
}
