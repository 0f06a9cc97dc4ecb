import type { ModelConfig } from '../model/architecture/index.js';
import { weightShapes } from '../model/decoder.js';
import { sizeOf, type RowRange } from '../weights/weights.js';

/**
 * Numbers in [−1, 1) by position: the finaliser of MurmurHash3 over a position and a salt. Any run of them can be made
 * by itself, as fast as it can be stored, and other programs make the same ones in a line or two.
 */
export function hashedUniform(salt: number, { first, end }: RowRange): Float32Array {
  const values = new Float32Array(end - first);
  const start = Math.imul(salt, 0x632be5ab) + first;
  for (let i = 0; i < values.length; i++) {
    let hash = Math.imul(start + i, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    values[i] = ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

/**
 * Weights of a model for measuring: uniform of the given standard deviation, about 1 for the weights of norms and
 * about 0 for all else; a tensor's salt is its place among the model's.
 */
export function hashedWeights(config: ModelConfig, deviation = 0.02): (name: string, rows: RowRange) => Float32Array {
  const shapes = [...weightShapes(config)];
  return (name, { first, end }) => {
    const salt = shapes.findIndex(([known]) => known === name);
    const [, shape] = shapes[salt];
    const perRow = sizeOf(shape.slice(1));
    const values = hashedUniform(salt, { first: first * perRow, end: end * perRow });
    const mean = shape.length === 1 && name.endsWith('.weight') ? 1 : 0;
    const scale = Math.sqrt(3) * deviation;
    for (let i = 0; i < values.length; i++) values[i] = mean + scale * values[i];
    return values;
  };
}
