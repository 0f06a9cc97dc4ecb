import { architectureOf } from '../../src/llm/model/architecture/index.js';
import { assembleModel, freshAdapter } from '../../src/llm/model/assemble.js';
import { tensorsOf } from '../../src/llm/model/checkpoint-weights.js';
import { onWeightsOf } from '../../src/llm/model/shared-weights.js';
import { openModelFiles } from './model-files.js';
import type { PreparedSession } from './session.js';
import type { SessionSettings } from './settings.js';
import { prepareTexts } from './texts.js';

/** The rank of both adapters, whose factors are all that training holds beside the weights. */
const rank = 8;
/** The texts are short; what a tokenizer makes of them is shorter than this. */
const longest = 256;

/**
 * A session from a model of the visitor's: an adapter for each schedule, both on one copy of the weights, which stay in the type
 * that they are stored in.
 * @throws InputError naming the file that is missing, or what is wrong with it
 */
export async function prepareOwn(settings: SessionSettings, files: readonly File[]): Promise<PreparedSession> {
  const { config, weights, tokenizer } = await openModelFiles(files);
  const maximumLength = Math.min(config.contextLength, longest);
  return {
    ...prepareTexts(settings, tokenizer, maximumLength),
    models: async () => {
      const lora = { rank, alpha: rank, targets: architectureOf(config).targets, seed: settings.seed };
      const first = await assembleModel(config, tensorsOf(weights, config), { trained: freshAdapter(lora, config) });
      const second = onWeightsOf(first, freshAdapter(lora, config));
      if (second === undefined) throw new Error('the adapter needs weights of its own');
      return [first, second];
    },
  };
}
