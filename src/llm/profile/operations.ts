import type { ObjectiveName } from '../../schedule/schedule.js';
import { linearMaps } from '../model/architecture/linear-maps.js';
import type { LanguageModel } from '../model/language-model.js';

/** The step whose floating-point operations are counted. */
export interface CountedStep {
  readonly model: LanguageModel;
  readonly objective: ObjectiveName;
  readonly batch: number;
  readonly length: number;
}

/**
 * The floating-point operations that matrix products of one step need, a multiplication and an addition counted each:
 * the forward pass, the gradients of inputs, and those of the weights that are trained. Attention counts whole squares,
 * as is the custom (Chowdhery et al. 2022, PaLM, appendix B); nothing that is computed a second time counts, and
 * elementwise work does not.
 */
export function stepOperations({ model, objective, batch, length }: CountedStep): number {
  const { config, lora, trainable } = model;
  const sequences = objective === 'dpo' ? 2 * batch : batch;
  const rows = sequences * length;
  let total = 0;
  // A linear map's product costs the same forward, for its input's gradient and for its weight's gradient.
  const product = (inputs: number, outputs: number, over: number, trained: boolean): void => {
    total += 2 * over * inputs * outputs * (trained ? 3 : 2);
  };
  for (const { inputs, outputs } of linearMaps(config)) product(inputs, outputs, rows, lora === undefined);
  for (const [name, { shape }] of trainable) {
    if (lora !== undefined && shape.length === 2 && name.includes('lora_'))
      product(shape[1] ?? 0, shape[0], rows, true);
  }
  product(config.width, config.vocabularySize, sequences * (length - 1), lora === undefined);
  // Scores and mixing: two products forward, two for each of them backward.
  total += config.layers * 6 * 2 * sequences * length ** 2 * config.heads * config.headWidth;
  return total;
}
