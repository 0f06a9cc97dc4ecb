import * as z from 'zod';
import { InputError } from '../../../base/input-error.js';
import type { Architecture } from './architecture.js';
import { gpt2 } from './gpt2.js';
import { llama } from './llama.js';
import { mistral } from './mistral.js';
import { neox } from './neox.js';
import { qwen2 } from './qwen2.js';

/** Every architecture by its name in configurations: a new one is one file and one line here. */
const table = { neox, llama, gpt2, mistral, qwen2 };

type ConfigOf<Entry> = Entry extends Architecture<infer Config> ? Config : never;

/** The configuration of a model of any architecture. */
export type ModelConfig = ConfigOf<(typeof table)[keyof typeof table]>;

/** Every architecture. */
export const architectures: readonly Architecture<ModelConfig>[] = Object.values(table);

/** The architecture of a configuration. */
export function architectureOf({ architecture }: Pick<ModelConfig, 'architecture'>): Architecture<ModelConfig> {
  return table[architecture];
}

/**
 * The configuration in the content of an HF config.json; absent fields get the defaults of Python's transformers.
 * @param source the file, for an error's words
 * @throws InputError naming the file and the field, for an unknown architecture, activation or rope scaling too
 */
export function configFromJson(source: string, json: unknown): ModelConfig {
  const type = z.object({ model_type: z.string() }).safeParse(json);
  const modelType = type.success ? type.data.model_type : undefined;
  const architecture = architectures.find((one) => one.modelType === modelType);
  if (architecture !== undefined) return architecture.read(source, json);
  const known = architectures.map((one) => one.modelType).join(', ');
  throw new InputError(`${source}: model_type`, modelType, `one of ${known}, the architectures that are implemented`);
}

/** The config.json of a model, so that Python's transformers loads what is written beside it. */
export function configJson(config: ModelConfig): Record<string, unknown> {
  const architecture = architectureOf(config);
  const { modelClass, modelType } = architecture;
  return { architectures: [modelClass], model_type: modelType, ...architecture.json(config) };
}
