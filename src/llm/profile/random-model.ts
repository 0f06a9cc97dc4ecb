import type { ModelConfig } from '../model/architecture/index.js';
import type { LanguageModel } from '../model/language-model.js';
import { assembleModel, freshAdapter, type TensorSource } from '../model/assemble.js';
import type { LoraOptions } from '../model/lora.js';
import { fromHalves, toHalves } from '../weights/half-precision.js';
import type { StoredType } from '../weights/safetensors.js';
import { hashedWeights } from './hashed-weights.js';

/** How a model of random weights is made. */
export interface RandomModelOptions {
  readonly lora?: LoraOptions;
  readonly fullFineTuning?: boolean;
  /** The type that its weights are rounded to, and held in where they are not trained; float32 unless given. */
  readonly type?: StoredType;
  /** Whether the backward pass runs every block again. */
  readonly recompute?: boolean;
}

/** A model of hashed weights on the current backend, trained whole or by a fresh adapter. */
export async function randomModel(
  config: ModelConfig,
  { lora, fullFineTuning = false, type = 'float32', recompute }: RandomModelOptions,
): Promise<LanguageModel> {
  const adapter = lora && freshAdapter(lora, config);
  const trained = fullFineTuning ? 'every weight' : adapter;
  return assembleModel(config, hashedSource(config, type), trained, undefined, recompute);
}

function hashedSource(config: ModelConfig, type: StoredType): TensorSource {
  const values = hashedWeights(config);
  if (type === 'float32') return { values };
  const halves: TensorSource['halves'] = (name, rows) => toHalves(values(name, rows), type);
  return { values: (name, rows) => fromHalves(halves(name, rows), type), halfType: () => type, halves };
}
