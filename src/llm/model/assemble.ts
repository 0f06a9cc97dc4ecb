import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { nextTurn } from '../../base/next-turn.js';
import { largestTensor, uploaded } from '../weights/device-memory.js';
import type { RowRange } from '../weights/weights.js';
import type { StoredAdapter } from './adapter.js';
import type { ModelConfig } from './architecture/index.js';
import { createDecoder, weightShapes } from './decoder.js';
import type { LanguageModel } from './language-model.js';
import { adaptedModules } from './adapted-modules.js';
import { factorName, initialFactor, type LoraOptions } from './lora.js';
import { partName, rowParts } from './parts.js';

/**
 * Puts a model's tensors onto the current backend.
 * @param values the numbers of some rows of a tensor by its HF name, each asked for once
 * @param trained an adapter, or every weight; by default nothing is trainable
 * @param largest the most bytes of one tensor; larger ones are held in parts
 */
export async function assembleModel(
  config: ModelConfig,
  values: (name: string, rows: RowRange) => Float32Array,
  trained?: StoredAdapter | 'every weight',
  largest = largestTensor(),
): Promise<LanguageModel> {
  const adapter = trained === 'every weight' ? undefined : trained;
  const trainable = new Map<string, Variable>();
  for (const [name, { shape, values: start }] of adapter?.factors ?? []) {
    trainable.set(name, variableOf(tf.tensor(start, [...shape], 'float32')));
  }
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of weightShapes(config)) {
    for (const rows of rowParts(name, shape, largest)) {
      const part = partName(name, rows, shape);
      const read = ({ first, end }: RowRange): Float32Array =>
        values(name, { first: rows.first + first, end: rows.first + end });
      const start = await uploaded(read, [rows.end - rows.first, ...shape.slice(1)]);
      if (trained === 'every weight') trainable.set(part, variableOf(start));
      weights.set(part, trainable.get(part) ?? start);
      // Loading can take minutes: between tensors an interrupt is heard.
      await nextTurn();
    }
  }
  return createDecoder({ config, weights, trainable, lora: adapter?.lora });
}

/** An adapter that changes nothing yet. */
export function freshAdapter(options: LoraOptions, config: ModelConfig): StoredAdapter {
  const { seed, ...lora } = options;
  const factors = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const target of typeof lora.targets === 'string' ? [] : lora.targets) {
    // A list that a user gives has no name in vain, where PEFT's own defaults may.
    adaptedModules(config, { ...lora, targets: [target] });
  }
  for (const adapted of adaptedModules(config, lora)) {
    const { inputs, outputs, rank } = adapted;
    factors.set(factorName(adapted, 'A'), { shape: [rank, inputs], values: initialFactor(adapted, { rank, seed }) });
    factors.set(factorName(adapted, 'B'), { shape: [outputs, rank], values: new Float32Array(outputs * rank) });
  }
  return { lora, factors };
}

/** A variable that starts as a tensor, which it takes over. */
function variableOf(start: Tensor): Variable {
  const result = tf.variable(start);
  start.dispose();
  return result;
}
