import * as z from 'zod';
import { checked } from '../../../base/checked.js';
import { InputError } from '../../../base/input-error.js';
import { count } from '../config.js';
import {
  llamaFamily,
  llamaFamilySchema,
  llamaFamilySizes,
  readLlamaFamily,
  type LlamaFamilyConfig,
} from './llama-family.js';

/** A Qwen2 model: biases on queries, keys and values; some layers may look back over a window only. */
export interface Qwen2Config extends LlamaFamilyConfig {
  readonly architecture: 'qwen2';
  /** Positions that each position sees in windowed layers, its own included. */
  readonly slidingWindow: number | undefined;
  /** Whether each layer looks back over the window only; all false without one. */
  readonly windowedLayers: readonly boolean[];
}

const layerTypes = ['sliding_attention', 'full_attention'] as const;
const schema = llamaFamilySchema.extend({
  max_position_embeddings: count.default(32768),
  num_key_value_heads: count.nullable().default(32),
  use_sliding_window: z.boolean().default(false),
  sliding_window: count.nullable().default(4096),
  max_window_layers: z.int().nonnegative().default(28),
  layer_types: z.array(z.enum(layerTypes)).nullish(),
});

/** Qwen2 and Qwen2.5 (Yang et al. 2024, arXiv 2407.10671). */
export const qwen2 = llamaFamily<Qwen2Config>({
  name: 'qwen2',
  label: 'Qwen2',
  modelType: 'qwen2',
  modelClass: 'Qwen2ForCausalLM',
  read: (source, content) => {
    const json = checked(schema, content, { place: source });
    const family = readLlamaFamily(source, json);
    const slidingWindow = (json.use_sliding_window ? json.sliding_window : null) ?? undefined;
    const windowedLayers =
      json.layer_types?.map((type) => type === 'sliding_attention') ??
      // The first max_window_layers layers see everything, whatever the name suggests.
      Array.from(
        { length: family.layers },
        (_, layer) => slidingWindow !== undefined && layer >= json.max_window_layers,
      );
    if (windowedLayers.length !== family.layers) {
      throw new InputError(`${source}: layer_types`, `${windowedLayers.length} layers`, `${family.layers} of them`);
    }
    if (slidingWindow === undefined && windowedLayers.includes(true)) {
      throw new InputError(`${source}: layer_types`, 'sliding_attention', 'full_attention where there is no window');
    }
    return { architecture: 'qwen2', ...family, slidingWindow, windowedLayers };
  },
  ownJson: ({ slidingWindow, windowedLayers }) => ({
    use_sliding_window: slidingWindow !== undefined,
    sliding_window: slidingWindow ?? null,
    layer_types: windowedLayers.map((windowed) => layerTypes[windowed ? 0 : 1]),
  }),
  biases: () => ({ queryKeyValue: true, output: false, mlp: false }),
  window: ({ slidingWindow, windowedLayers }) =>
    slidingWindow === undefined
      ? undefined
      : { width: slidingWindow, windowed: (layer) => windowedLayers[layer] ?? false },
  example: qwen2Config,
});

/** A Qwen2 configuration with a tied head and no window, its vocabulary the byte tokenizer's unless given. */
export function qwen2Config(sizes: Partial<Qwen2Config> = {}): Qwen2Config {
  const family = { ...llamaFamilySizes(sizes), tiedHead: true };
  const windowedLayers = Array.from({ length: sizes.layers ?? family.layers }, () => false);
  return { architecture: 'qwen2', ...family, slidingWindow: undefined, windowedLayers, ...sizes };
}
