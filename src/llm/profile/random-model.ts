import type { ModelConfig } from '../model/config.js';
import { weightShapes } from '../model/decoder.js';
import type { LanguageModel } from '../model/language-model.js';
import { assembleModel, freshAdapter } from '../model/load.js';
import type { LoraOptions } from '../model/lora.js';
import { randomWeights } from '../model/random.js';

/** A model of random weights on the current backend, trained whole or by a fresh adapter. */
export async function randomModel(
  config: ModelConfig,
  { lora, fullFineTuning = false, seed = 0 }: { lora?: LoraOptions; fullFineTuning?: boolean; seed?: number },
): Promise<LanguageModel> {
  const weights = randomWeights(config, seed);
  const values = (name: string): Float32Array => weights.get(name) ?? new Float32Array();
  const adapter = lora && freshAdapter(lora, weightShapes(config));
  return assembleModel(config, values, fullFineTuning ? 'every weight' : adapter);
}
