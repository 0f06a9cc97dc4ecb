import * as z from 'zod';
import { checked } from '../../../base/checked.js';
import {
  llamaFamily,
  llamaFamilySchema,
  llamaFamilySizes,
  readLlamaFamily,
  type LlamaFamilyConfig,
} from './llama-family.js';

/** A Llama model: biases everywhere or nowhere in attention, and in the MLP. */
export interface LlamaConfig extends LlamaFamilyConfig {
  readonly architecture: 'llama';
  readonly attentionBias: boolean;
  readonly mlpBias: boolean;
}

const schema = llamaFamilySchema.extend({
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
});

/** Llama (Touvron et al. 2023, arXiv 2302.13971; grouped queries since Llama 2). */
export const llama = llamaFamily<LlamaConfig>({
  name: 'llama',
  label: 'Llama',
  modelType: 'llama',
  modelClass: 'LlamaForCausalLM',
  read: (source, content) => {
    const json = checked(schema, content, { place: source });
    return {
      architecture: 'llama',
      ...readLlamaFamily(source, json),
      attentionBias: json.attention_bias,
      mlpBias: json.mlp_bias,
    };
  },
  ownJson: ({ attentionBias, mlpBias }) => ({ attention_bias: attentionBias, mlp_bias: mlpBias }),
  biases: ({ attentionBias, mlpBias }) => ({ queryKeyValue: attentionBias, output: attentionBias, mlp: mlpBias }),
  example: llamaConfig,
});

/** A Llama configuration with two heads a key-value head, its vocabulary the byte tokenizer's unless given. */
export function llamaConfig(sizes: Partial<LlamaConfig> = {}): LlamaConfig {
  return { architecture: 'llama', ...llamaFamilySizes(sizes), attentionBias: false, mlpBias: false, ...sizes };
}
