import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { makeFolder } from '../../base/folder.js';
import { parseJson, writeJson } from '../../base/json-file.js';
import { withinTime } from '../../base/time-limit.js';
import { renamed } from '../weights/renamed.js';
import { openSafetensors, writeSafetensors, type WritableTensor } from '../weights/safetensors.js';
import { finite, requireShape, type Weights } from '../weights/weights.js';
import { adaptedModules } from './adapted-modules.js';
import { architectureOf, type ModelConfig } from './architecture/index.js';
import type { LanguageModel } from './language-model.js';
import { factorName, type LoraConfig } from './lora.js';
import { peftConfig, type PeftConfig } from './peft-config.js';

/** An adapter read from files. */
export interface StoredAdapter {
  readonly lora: LoraConfig;
  /** A, B and, with DoRA, the magnitude of every adapted module, by PEFT name. */
  readonly factors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly values: Float32Array }>;
}

/** The most milliseconds that an adapter's expressions may take over the names of a model's modules. */
const patience = 10_000;

/**
 * Reads an adapter folder in the form of Python's PEFT: adapter_config.json and adapter_model.safetensors. Names in the
 * latter may lack `base_model.model.`; whole embeddings or heads in it have to be those of the model.
 * @param config the model it is for
 * @param base its weights
 * @param limit the most milliseconds that its expressions may take
 * @throws InputError when a file is missing or wrong, or the adapter does not fit the model
 */
export function readAdapter(folder: string, config: ModelConfig, base: Weights, limit = patience): StoredAdapter {
  const configPath = join(folder, 'adapter_config.json');
  if (!existsSync(configPath)) throw new InputError('adapter', folder, 'a folder with adapter_config.json');
  const lora = loraConfigOf(peftConfig(parseJson(configPath), configPath));
  const modules = withinTime(
    limit,
    () => adaptedModules(config, lora),
    () => new InputError(configPath, lora.targets, 'regular expressions that end'),
  );
  const weights = openSafetensors(join(folder, 'adapter_model.safetensors'));
  try {
    const names = new Map<string, string>();
    for (const name of weights.shapes.keys()) {
      const whole = fullName(name);
      if (names.has(whole)) throw new InputError(`${weights.source}: ${name}`, 'a second tensor', `one for ${whole}`);
      names.set(whole, name);
    }
    const stored = renamed(weights, names);
    const factors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
    const take = (name: string, shape: readonly number[]): void => {
      requireShape(stored, name, shape);
      factors.set(name, { shape, values: finite(stored.read(name), weights.source, name) });
    };
    for (const module of modules) {
      const { rank, inputs, outputs } = module;
      take(factorName(module, 'A'), [rank, inputs]);
      take(factorName(module, 'B'), [outputs, rank]);
      if (lora.weightDecomposed !== true) continue;
      if (module.kind === 'embedding') {
        throw new InputError(`${configPath}: use_dora`, true, `no ${module.module} among the targets`);
      }
      take(factorName(module, 'magnitude'), [outputs]);
    }
    for (const name of stored.shapes.keys()) if (!factors.has(name)) requireOfBase(stored, name, config, base);
    return { lora, factors };
  } finally {
    weights.close();
  }
}

/** A tensor's name as this program writes it. */
function fullName(name: string): string {
  const whole = name.startsWith('base_model.model.') ? name : `base_model.model.${name}`;
  return whole.replace(/(\.lora_magnitude_vector)\.weight$/, '$1');
}

/** Refuses a tensor beside the factors unless it is one of the model's, unchanged: PEFT saves embeddings and heads. */
function requireOfBase(stored: Weights, name: string, config: ModelConfig, base: Weights): void {
  const { head, embedding } = architectureOf(config);
  const own = name.replace(/^base_model\.model\./, '').replace(/\.(?:base_layer|modules_to_save(?:\.default)?)\./, '.');
  const held = own === head && config.tiedHead ? embedding : own;
  if (!base.shapes.has(held))
    throw new InputError(`${stored.source}: ${name}`, 'a factor', 'only those of its targets');
  requireShape(stored, name, base.shapes.get(held) ?? []);
  const [found, expected] = [stored.read(name), base.read(held)];
  if (found.every((value, at) => Object.is(value, expected[at]))) return;
  throw new InputError(`${stored.source}: ${name}`, 'a trained copy', `the values of ${held} of the model`);
}

function loraConfigOf(peft: PeftConfig): LoraConfig {
  const list = <Value>(value: Value | readonly Value[] | null | undefined): readonly Value[] =>
    value === null || value === undefined ? [] : Array.isArray(value) ? (value as Value[]) : [value as Value];
  const layers = list(peft.layers_to_transform);
  const layersPattern = list(peft.layers_pattern).filter((name) => name !== '');
  const exclude = peft.exclude_modules ?? [];
  const [rankPattern, alphaPattern] = [peft.rank_pattern ?? {}, peft.alpha_pattern ?? {}];
  const saved = peft.modules_to_save ?? [];
  return {
    rank: peft.r,
    alpha: peft.lora_alpha,
    targets: peft.target_modules,
    ...(Object.keys(rankPattern).length > 0 && { rankPattern }),
    ...(Object.keys(alphaPattern).length > 0 && { alphaPattern }),
    ...(peft.use_rslora === true && { rankStabilised: true }),
    ...(peft.use_dora === true && { weightDecomposed: true }),
    ...(exclude.length > 0 && { exclude }),
    ...(layers.length > 0 && { layers }),
    ...(layersPattern.length > 0 && { layersPattern }),
    ...(saved.length > 0 && { saved }),
  };
}

/**
 * Writes a model's adapter as a folder that Python's PEFT loads.
 * @param dropout what it was trained with, for who goes on training it
 * @throws InputError when the folder cannot be written
 */
export async function writeAdapter(folder: string, model: LanguageModel, baseModel = '', dropout = 0): Promise<void> {
  const { lora, config, trainable } = model;
  if (lora === undefined) throw new Error('the model has no adapter');
  const tensors = [...trainable].map(([name, variable]) => ({
    name,
    shape: variable.shape,
    values: async () => (await variable.data()) as Float32Array,
  }));
  await writeAdapterFolder(folder, tensors, { lora, config, baseModel, dropout });
}

/** Writes an adapter that was read, or made of others, as a folder that Python's PEFT loads. */
export async function writeStoredAdapter(
  folder: string,
  { lora, factors }: StoredAdapter,
  config: ModelConfig,
  baseModel: string,
): Promise<void> {
  const tensors = Array.from(factors, ([name, { shape, values }]) => ({ name, shape, values: () => values }));
  await writeAdapterFolder(folder, tensors, { lora, config, baseModel, dropout: 0 });
}

async function writeAdapterFolder(
  folder: string,
  tensors: readonly WritableTensor[],
  {
    lora,
    config: modelConfig,
    baseModel,
    dropout,
  }: {
    readonly lora: LoraConfig;
    readonly config: ModelConfig;
    readonly baseModel: string;
    readonly dropout: number;
  },
): Promise<void> {
  makeFolder(folder);
  await writeSafetensors(join(folder, 'adapter_model.safetensors'), tensors);
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    inference_mode: true,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: dropout,
    target_modules: lora.targets,
    rank_pattern: lora.rankPattern ?? {},
    alpha_pattern: lora.alphaPattern ?? {},
    use_rslora: lora.rankStabilised ?? false,
    use_dora: lora.weightDecomposed ?? false,
    exclude_modules: lora.exclude ?? null,
    layers_to_transform: lora.layers ?? null,
    layers_pattern: lora.layersPattern ?? null,
    bias: 'none',
    fan_in_fan_out: architectureOf(modelConfig).linearLayout === 'in-out',
    init_lora_weights: true,
    // Whole copies of modules were those of the base: they are in the base.
    modules_to_save: null,
  };
  await writeJson(join(folder, 'adapter_config.json'), config);
}
