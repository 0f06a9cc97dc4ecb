import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** How a model trained on short texts slows its rotations to attend over longer ones. */
export type RopeScaling =
  | { readonly kind: 'linear'; readonly factor: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContextLength: number;
    };

/** Radians by which each pair of coordinates turns per position: theta^(−2i/width), i < width/2, then scaled. */
export function rotaryFrequencies(width: number, theta: number, scaling?: RopeScaling): number[] {
  const frequencies = Array.from({ length: width / 2 }, (_, i) => theta ** ((-2 * i) / width));
  return scaling === undefined ? frequencies : frequencies.map((frequency) => scaled(frequency, scaling));
}

/** Llama 3: short waves stay, long ones are slowed by the factor, and between the two lies a straight line. */
function scaled(frequency: number, scaling: RopeScaling): number {
  if (scaling.kind === 'linear') return frequency / scaling.factor;
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength } = scaling;
  const turns = (originalContextLength * frequency) / (2 * Math.PI);
  const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
  return kept * frequency + ((1 - kept) * frequency) / factor;
}

/** The cosines and sines of consecutive positions, each of shape [positions, width], one half the other's copy. */
export interface RotaryTables {
  readonly cosines: Tensor;
  readonly sines: Tensor;
}

export function rotaryTables(frequencies: readonly number[], firstPosition: number, positions: number): RotaryTables {
  const half = frequencies.length;
  const cosines = new Float32Array(positions * 2 * half);
  const sines = new Float32Array(positions * 2 * half);
  for (let row = 0; row < positions; row++) {
    for (let i = 0; i < half; i++) {
      const angle = (firstPosition + row) * frequencies[i];
      const at = row * 2 * half + i;
      cosines[at] = cosines[at + half] = Math.cos(angle);
      sines[at] = sines[at + half] = Math.sin(angle);
    }
  }
  return { cosines: tf.tensor2d(cosines, [positions, 2 * half]), sines: tf.tensor2d(sines, [positions, 2 * half]) };
}

/**
 * Rotates the first coordinates of heads [batch, heads, positions, headWidth] by their positions' angles, coordinate i
 * together with i + half; as many as the tables are wide, the others pass. The gradient turns back.
 * Source: Su et al., RoFormer (arXiv 2104.09864), in the halves layout of HF transformers.
 */
export function rotate(heads: Tensor, { cosines, sines }: RotaryTables): Tensor {
  const rotation = tf.customGrad((x, save) => {
    (save as tf.GradSaveFunc)([cosines, sines]);
    return {
      value: turned(x as Tensor, cosines, sines),
      gradFunc: (dy, [savedCosines, savedSines]) => turned(dy, savedCosines, tf.neg(savedSines)),
    };
  });
  return rotation(heads);
}

function turned(x: Tensor, cosines: Tensor, sines: Tensor): Tensor {
  const headWidth = x.shape[x.rank - 1];
  const width = cosines.shape[1] ?? 0;
  const [first, second, ...passed] = tf.split(
    x,
    width === headWidth ? [width / 2, width / 2] : [width / 2, width / 2, headWidth - width],
    -1,
  );
  const turning = passed.length === 0 ? x : tf.concat([first, second], -1);
  const quarter = tf.concat([tf.neg(second), first], -1);
  return tf.concat([tf.add(tf.mul(turning, cosines), tf.mul(quarter, sines)), ...passed], -1);
}
