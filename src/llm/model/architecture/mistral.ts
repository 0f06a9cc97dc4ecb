import { checked } from '../../../base/checked.js';
import { count } from '../config.js';
import {
  llamaFamily,
  llamaFamilySchema,
  llamaFamilySizes,
  readLlamaFamily,
  type LlamaFamilyConfig,
} from './llama-family.js';

/** A Mistral model: no biases, and attention that may look back over a window only. */
export interface MistralConfig extends LlamaFamilyConfig {
  readonly architecture: 'mistral';
  /** Positions that each position sees, its own included; undefined where it sees all before it. */
  readonly slidingWindow: number | undefined;
}

const schema = llamaFamilySchema.extend({
  max_position_embeddings: count.default(131072),
  num_key_value_heads: count.nullable().default(8),
  sliding_window: count.nullable().default(4096),
});

/** Mistral (Jiang et al. 2023, arXiv 2310.06825). */
export const mistral = llamaFamily<MistralConfig>({
  name: 'mistral',
  label: 'Mistral',
  modelType: 'mistral',
  modelClass: 'MistralForCausalLM',
  read: (source, content) => {
    const json = checked(schema, content, { place: source });
    return {
      architecture: 'mistral',
      ...readLlamaFamily(source, json),
      slidingWindow: json.sliding_window ?? undefined,
    };
  },
  ownJson: ({ slidingWindow }) => ({ sliding_window: slidingWindow ?? null }),
  biases: () => ({ queryKeyValue: false, output: false, mlp: false }),
  window: ({ slidingWindow }) =>
    slidingWindow === undefined ? undefined : { width: slidingWindow, windowed: () => true },
  example: mistralConfig,
});

/** A Mistral configuration whose window is half its context, its vocabulary the byte tokenizer's unless given. */
export function mistralConfig(sizes: Partial<MistralConfig> = {}): MistralConfig {
  const { contextLength = 128 } = sizes;
  return { architecture: 'mistral', ...llamaFamilySizes(sizes), slidingWindow: contextLength / 2, ...sizes };
}
