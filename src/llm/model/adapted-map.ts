import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { AdaptedModule } from './adapted-modules.js';
import type { LinearLayout } from './architecture/architecture.js';
import { add, apply } from './custom-gradient.js';
import { factorName } from './lora.js';
import { embed } from './network.js';

/** The trained tensors of an adapted module. */
export interface ModuleFactors {
  readonly a: Tensor;
  readonly b: Tensor;
  /** DoRA's length of each output's weights, [outputs]. */
  readonly magnitude: Tensor | undefined;
  readonly scale: number;
}

/** The trained tensors of a module; undefined where it is not adapted. */
export function factorsOf(
  module: AdaptedModule | undefined,
  trainable: ReadonlyMap<string, Variable>,
): ModuleFactors | undefined {
  if (module === undefined) return undefined;
  const [a, b] = (['A', 'B'] as const).map((factor) => trainable.get(factorName(module, factor)));
  if (a === undefined || b === undefined) return undefined;
  return { a, b, magnitude: trainable.get(factorName(module, 'magnitude')), scale: module.scale };
}

/**
 * What an adapter makes of rows that a module has mapped without its bias: mapped + scale · rows Aᵀ Bᵀ; with DoRA each
 * output is then brought to its magnitude (Liu et al., arXiv 2402.09353).
 * @param weight the module's own, for DoRA
 */
export function adapt(
  rows: Tensor,
  mapped: Tensor,
  factors: ModuleFactors,
  weight: readonly Tensor[] = [],
  layout: LinearLayout = 'out-in',
): Tensor {
  const low = tf.mul(tf.matMul(rows, factors.a, false, true), factors.scale);
  const whole = add(mapped, tf.matMul(low, factors.b, false, true));
  const ratio = magnitudeRatio(factors, weight, layout);
  return ratio === undefined ? whole : tf.mul(whole, tf.reshape(ratio, [1, -1]));
}

/** What tokens' rows of the embedding gain: scale · (B A)ᵀ at their ids, [tokens, width]. */
export function adaptedEmbedding(rows: Tensor, ids: Tensor, { a, b, scale }: ModuleFactors): Tensor {
  const low = tf.mul(embed([tf.transpose(a)], ids), scale);
  return add(rows, tf.matMul(low, b, false, true));
}

/**
 * A head with its adapter as one head: rows [h, scale · h Aᵀ] times [W, B]ᵀ, which is [h Wᵀ + scale · h Aᵀ Bᵀ].
 * @param kept h with what dropout leaves of it, for A
 * @returns rows and head of rank columns more than before
 */
export function adaptedHead(
  rows: Tensor,
  head: readonly Tensor[],
  factors: ModuleFactors,
  kept = rows,
): { rows: Tensor; head: Tensor[] } {
  const { a, b, scale } = factors;
  const ratio = magnitudeRatio(factors, head, 'out-in');
  let first = 0;
  const parts = head.map((part) => {
    const count = part.shape[0] ?? 0;
    const own = head.length === 1 ? b : tf.slice(b, [first, 0], [count, -1]);
    const joined = tf.concat([part, own], 1);
    const scaled = ratio && tf.mul(joined, tf.reshape(tf.slice(ratio, [first], [count]), [-1, 1]));
    first += count;
    return scaled ?? joined;
  });
  return { rows: tf.concat([rows, tf.mul(tf.matMul(kept, a, false, true), scale)], 1), head: parts };
}

/** magnitude / ‖W + scale · B A‖ by output; the norm counts as a constant to the gradient, as in DoRA, section 4.3. */
function magnitudeRatio(
  { a, b, magnitude, scale }: ModuleFactors,
  weight: readonly Tensor[],
  layout: LinearLayout,
): Tensor | undefined {
  if (magnitude === undefined) return undefined;
  return apply(
    {
      forward: (m) => {
        const stored = weight.length === 1 ? weight[0] : tf.concat([...weight]);
        const matrix = layout === 'out-in' ? stored : tf.transpose(stored);
        const norm = tf.sqrt(tf.sum(tf.square(tf.add(matrix, tf.mul(tf.matMul(b, a), scale))), 1));
        return { value: tf.div(m, norm), saved: [norm] };
      },
      backward: (dy, [norm]) => [tf.div(dy, norm)],
    },
    magnitude,
  );
}
