import type { ModelConfig } from '../model/architecture/index.js';
import type { LanguageModel } from '../model/language-model.js';
import { assembleModel, freshAdapter, type TensorSource } from '../model/assemble.js';
import type { LoraOptions } from '../model/lora.js';
import { fromHalves, toHalves } from '../weights/half-precision.js';
import type { RowRange } from '../weights/weights.js';
import type { StoredType } from '../weights/safetensors.js';
import { hashedWeights } from './hashed-weights.js';

/** How a model of random weights is made. */
export interface ShapedModelOptions {
  readonly lora?: LoraOptions;
  readonly fullFineTuning?: boolean;
  /** The type that its weights are rounded to, and held in where they are not trained; float32 unless given. */
  readonly type?: StoredType;
  /** Whether the backward pass runs every block again. */
  readonly recompute?: boolean;
  /** Whether frozen matrices in halves stay outside of the wasm backend's module; by default where they fill half of it. */
  readonly weightsOutside?: boolean;
}

/** A model of hashed weights on the current backend, trained whole or by a fresh adapter. */
export async function randomModel(
  config: ModelConfig,
  { lora, fullFineTuning = false, type = 'float32', recompute, weightsOutside }: ShapedModelOptions,
): Promise<LanguageModel> {
  const adapter = lora && freshAdapter(lora, config);
  const trained = fullFineTuning ? 'every weight' : adapter;
  return assembleModel(config, hashedSource(config, type), { trained, recompute, weightsOutside });
}

function hashedSource(config: ModelConfig, type: StoredType): TensorSource {
  const values = hashedWeights(config);
  if (type === 'float32') return { values };
  const rounded = (name: string, rows: RowRange): Uint16Array => toHalves(values(name, rows), type);
  return {
    values: (name, rows) => fromHalves(rounded(name, rows), type),
    halfType: () => type,
    halves: (name, rows, into) => {
      into.set(rounded(name, rows));
    },
  };
}
