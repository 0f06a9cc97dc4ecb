import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { makeFolder } from '../../base/folder.js';
import { parseJson, writeJson } from '../../base/json-file.js';
import { openSafetensors, writeSafetensors } from '../weights/safetensors.js';
import { finite, requireShape } from '../weights/weights.js';
import { architectureOf, type ModelConfig } from './architecture/index.js';
import type { LanguageModel } from './language-model.js';
import { loraShapes, peftName, type LoraConfig } from './lora.js';
import { peftConfig } from './peft-config.js';

const notYet = [
  ...(['rank_pattern', 'alpha_pattern', 'use_rslora', 'use_dora', 'modules_to_save'] as const),
  ...(['exclude_modules', 'layers_to_transform', 'layers_pattern'] as const),
] as const;

/** An adapter read from files. */
export interface StoredAdapter {
  readonly lora: LoraConfig;
  /** A and B of every adapted module, by PEFT name. */
  readonly factors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/**
 * Reads an adapter folder in the form of Python's PEFT: adapter_config.json and adapter_model.safetensors.
 * @param config the model it is for
 * @throws InputError when a file is missing or wrong, or the adapter does not fit the model
 */
export function readAdapter(folder: string, config: ModelConfig): StoredAdapter {
  const configPath = join(folder, 'adapter_config.json');
  if (!existsSync(configPath)) throw new InputError('adapter', folder, 'a folder with adapter_config.json');
  const peft = peftConfig(parseJson(configPath), configPath);
  const { r: rank, lora_alpha: alpha, target_modules: targets } = peft;
  if (typeof targets === 'string') throw new InputError(`${configPath}: target_modules`, targets, 'a list');
  for (const field of notYet) {
    const value = peft[field];
    if (value === undefined || value === null || value === false || Object.keys(value).length === 0) continue;
    throw new InputError(`${configPath}: ${field}`, value, 'an adapter without it: it is not implemented');
  }
  const weights = openSafetensors(join(folder, 'adapter_model.safetensors'));
  try {
    const factors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
    for (const { module, inputs, outputs } of loraShapes(config, targets)) {
      for (const [factor, shape] of [
        ['A', [rank, inputs]],
        ['B', [outputs, rank]],
      ] as const) {
        const name = peftName(module, factor);
        requireShape(weights, name, shape);
        factors.set(name, { shape, values: finite(weights.read(name), weights.source, name) });
      }
    }
    const other = [...weights.shapes.keys()].find((name) => !factors.has(name));
    if (other !== undefined)
      throw new InputError(`${weights.source}: ${other}`, 'a factor', `only ${targets.join(', ')}`);
    return { lora: { rank, alpha, targets }, factors };
  } finally {
    weights.close();
  }
}

/**
 * Writes a model's adapter as a folder that Python's PEFT loads.
 * @throws InputError when the folder cannot be written
 */
export async function writeAdapter(folder: string, model: LanguageModel, baseModel = ''): Promise<void> {
  if (model.lora === undefined) throw new Error('the model has no adapter');
  makeFolder(folder);
  const tensors = [...model.trainable].map(([name, variable]) => ({
    name,
    shape: variable.shape,
    values: async () => (await variable.data()) as Float32Array,
  }));
  await writeSafetensors(join(folder, 'adapter_model.safetensors'), tensors);
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    inference_mode: true,
    r: model.lora.rank,
    lora_alpha: model.lora.alpha,
    lora_dropout: 0,
    target_modules: model.lora.targets,
    bias: 'none',
    fan_in_fan_out: architectureOf(model.config).linearLayout === 'in-out',
    init_lora_weights: true,
    modules_to_save: null,
  };
  await writeJson(join(folder, 'adapter_config.json'), config);
}
