import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { apply } from './custom-gradient.js';

/** How a model trained on short texts slows its rotations to attend over longer ones. */
export type RopeScaling =
  | { readonly kind: 'linear'; readonly factor: number }
  /** Scales only beyond the context length, over which no sequence goes here: rotations stay as they are. */
  | { readonly kind: 'dynamic'; readonly factor: number }
  | {
      readonly kind: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContextLength: number;
    }
  | {
      readonly kind: 'yarn';
      readonly factor: number;
      readonly originalContextLength: number;
      /** Pairs that turn more often than this over the original context stay as they are. */
      readonly betaFast: number;
      /** Pairs that turn less often than this are slowed by the factor. */
      readonly betaSlow: number;
      /** What cosines and sines are multiplied with. */
      readonly attentionFactor: number;
      /** Whether the borders between these pairs are rounded outwards to whole pairs. */
      readonly truncate: boolean;
    };

/** How an architecture turns the coordinates of its heads. */
export interface Rotation {
  /** Radians by which each rotated pair turns per position; none without rotation. */
  readonly frequencies: readonly number[];
  /** What rotated coordinates are multiplied with besides. */
  readonly attentionFactor: number;
}

/** The rotation of heads whose first `width` coordinates are rotated. */
export function rotationOf(width: number, theta: number, scaling?: RopeScaling): Rotation {
  return { frequencies: rotaryFrequencies(width, theta, scaling), attentionFactor: attentionFactorOf(scaling) };
}

/** Radians by which each pair of coordinates turns per position: theta^(−2i/width), i < width/2, then scaled. */
export function rotaryFrequencies(width: number, theta: number, scaling?: RopeScaling): number[] {
  const frequencies = Array.from({ length: width / 2 }, (_, i) => theta ** ((-2 * i) / width));
  if (scaling === undefined || scaling.kind === 'dynamic') return frequencies;
  if (scaling.kind === 'linear') return frequencies.map((frequency) => frequency / scaling.factor);
  if (scaling.kind === 'llama3') return frequencies.map((frequency) => llama3Scaled(frequency, scaling));
  return yarnScaled(frequencies, width, theta, scaling);
}

/** What the cosines and sines of a scaling are multiplied with. */
export function attentionFactorOf(scaling: RopeScaling | undefined): number {
  return scaling?.kind === 'yarn' ? scaling.attentionFactor : 1;
}

/** Llama 3: short waves stay, long ones are slowed by the factor, and between the two lies a straight line. */
function llama3Scaled(frequency: number, scaling: Extract<RopeScaling, { kind: 'llama3' }>): number {
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength } = scaling;
  const turns = (originalContextLength * frequency) / (2 * Math.PI);
  const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
  return kept * frequency + ((1 - kept) * frequency) / factor;
}

/**
 * YaRN: as Llama 3's, but the straight line runs over the numbers of the pairs, between those that turn betaFast and
 * betaSlow times over the original context.
 * Source: Peng et al. (arXiv 2309.00071), section 3.2, with the borders of HF transformers.
 */
function yarnScaled(
  frequencies: readonly number[],
  width: number,
  theta: number,
  scaling: Extract<RopeScaling, { kind: 'yarn' }>,
): number[] {
  const { factor, originalContextLength, betaFast, betaSlow, truncate } = scaling;
  const pairTurning = (turns: number): number =>
    (width * Math.log(originalContextLength / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  const [first, last] = [pairTurning(betaFast), pairTurning(betaSlow)];
  const low = Math.max(0, truncate ? Math.floor(first) : first);
  const border = Math.min(width - 1, truncate ? Math.ceil(last) : last);
  const high = border === low ? border + 0.001 : border;
  return frequencies.map((frequency, pair) => {
    const slowed = Math.min(1, Math.max(0, (pair - low) / (high - low)));
    return (slowed * frequency) / factor + (1 - slowed) * frequency;
  });
}

/** What rotates heads at consecutive positions: x ↦ x · cosines + (x · quarterTurn) · sines. */
export interface RotaryTables {
  /** [positions, headWidth]; 1 for coordinates that are not rotated. */
  readonly cosines: Tensor;
  /** [positions, headWidth]; 0 for coordinates that are not rotated. */
  readonly sines: Tensor;
  /** [headWidth, headWidth], of entries 0, 1 and −1: coordinate i goes to i + half, and i + half to −i. */
  readonly quarterTurn: Tensor;
  /** How many pairs of coordinates are rotated. */
  readonly pairs: number;
}

/**
 * The tables for heads whose first 2 · frequencies coordinates are rotated, coordinate i together with i + half.
 * @param attentionFactor what these coordinates are multiplied with besides
 */
export function rotaryTables(
  frequencies: readonly number[],
  headWidth: number,
  firstPosition: number,
  positions: number,
  attentionFactor = 1,
): RotaryTables {
  const half = frequencies.length;
  const cosines = new Float32Array(positions * headWidth).fill(1);
  const sines = new Float32Array(positions * headWidth);
  for (let row = 0; row < positions; row++) {
    for (let i = 0; i < half; i++) {
      const angle = (firstPosition + row) * frequencies[i];
      const at = row * headWidth + i;
      cosines[at] = cosines[at + half] = attentionFactor * Math.cos(angle);
      sines[at] = sines[at + half] = attentionFactor * Math.sin(angle);
    }
  }
  const quarterTurn = new Float32Array(headWidth * headWidth);
  for (let i = 0; i < half; i++) {
    quarterTurn[i * headWidth + i + half] = 1;
    quarterTurn[(i + half) * headWidth + i] = -1;
  }
  return {
    cosines: tf.tensor2d(cosines, [positions, headWidth]),
    sines: tf.tensor2d(sines, [positions, headWidth]),
    quarterTurn: tf.tensor2d(quarterTurn, [headWidth, headWidth]),
    pairs: half,
  };
}

/**
 * Rotates heads [batch, heads, positions, headWidth] by their positions' angles. The quarter turn is a product with a
 * matrix, several times faster than cutting heads into halves and joining them again.
 * Source: Su et al., RoFormer (arXiv 2104.09864), in the halves layout of HF transformers.
 */
export function rotate(heads: Tensor, { cosines, sines, quarterTurn, pairs }: RotaryTables): Tensor {
  if (pairs === 0) return heads;
  return apply(
    {
      forward: (x) => ({
        value: tf.add(tf.mul(x, cosines), tf.mul(tf.matMul(x, quarterTurn), sines)),
        saved: [cosines, sines, quarterTurn],
      }),
      backward: (dy, [c, s, turn]) => [tf.add(tf.mul(dy, c), tf.matMul(tf.mul(dy, s), turn, false, true))],
    },
    heads,
  );
}
