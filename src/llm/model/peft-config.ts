import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';

const names = z.array(z.string());
const patterns = z.record(z.string(), z.number().positive());

/** The fields of an adapter_config.json that decide numbers, and what they may be. */
const fields = {
  peft_type: z.literal('LORA'),
  task_type: z.literal('CAUSAL_LM').nullish(),
  r: z.int().positive(),
  lora_alpha: z.number().positive(),
  target_modules: z.union([names.min(1), z.string().min(1)], 'names of modules, or a pattern that finds them'),
  exclude_modules: z.union([names, z.string()]).nullish(),
  layers_to_transform: z.union([z.array(z.int().nonnegative()), z.int().nonnegative()]).nullish(),
  layers_pattern: z.union([names, z.string()]).nullish(),
  rank_pattern: z.record(z.string(), z.int().positive()).nullish(),
  alpha_pattern: patterns.nullish(),
  use_rslora: z.boolean().nullish(),
  use_dora: z.boolean().nullish(),
  modules_to_save: names.nullish(),
  bias: z.literal('none').nullish(),
  // How factors begin; those that begin by changing the base are not among them (pissa, olora, corda, loftq).
  init_lora_weights: z
    .union([z.boolean(), z.literal(['gaussian', 'eva', 'orthogonal'])], {
      error:
        'true, false, "gaussian", "orthogonal" or "eva"; others change the base model: in PEFT, save_pretrained(…, path_initial_model_for_weight_conversion=…) makes a plain adapter of it',
    })
    .nullish(),
} as const;
const schema = z.looseObject(fields);

/** The content of an adapter_config.json, as far as it decides numbers. */
export type PeftConfig = z.output<z.ZodObject<typeof fields>>;

/** Fields that decide no number of a trained adapter, whatever they say. */
const indifferent = new Set([
  ...['auto_mapping', 'base_model_name_or_path', 'revision', 'inference_mode', 'peft_version', 'megatron_core'],
  ...['lora_dropout', 'eva_config', 'qalora_group_size'],
  // PEFT itself goes by the kind of the module.
  'fan_in_fan_out',
]);

/** Whether a field says nothing: what PEFT writes for options that are not used. */
function isNeutral(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/**
 * Reads the content of an adapter_config.json by a list of what is known: a field that is not on it, or has a value
 * that is not, is refused by name unless it says nothing.
 * @param source the file, for an error's words
 * @throws InputError
 */
export function peftConfig(json: unknown, source: string): PeftConfig {
  const config = checked(schema, json, { place: source });
  for (const [name, value] of Object.entries(config)) {
    if (Object.hasOwn(fields, name) || indifferent.has(name) || isNeutral(value)) continue;
    throw new InputError(`${source}: ${name}`, value, 'an adapter without it: it is not implemented');
  }
  return config;
}
