import type { ModelConfig } from '../model/architecture/index.js';
import type { LanguageModel } from '../model/language-model.js';
import { assembleModel, freshAdapter } from '../model/assemble.js';
import type { LoraOptions } from '../model/lora.js';
import { hashedWeights } from './hashed-weights.js';

/** A model of hashed weights on the current backend, trained whole or by a fresh adapter. */
export async function randomModel(
  config: ModelConfig,
  { lora, fullFineTuning = false }: { lora?: LoraOptions; fullFineTuning?: boolean },
): Promise<LanguageModel> {
  const adapter = lora && freshAdapter(lora, config);
  return assembleModel(config, hashedWeights(config), fullFineTuning ? 'every weight' : adapter);
}
