import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { parseJson } from '../../base/json-file.js';
import { checkModelFiles } from '../results/contents.js';
import { loadTokenizer } from '../tokenizer/load.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { openLlama2c } from '../weights/llama2c.js';
import { openSafetensorsFolder } from '../weights/safetensors.js';
import type { Weights } from '../weights/weights.js';
import { readAdapter } from './adapter.js';
import { configFromJson, type ModelConfig } from './architecture/index.js';
import { assembleModel, freshAdapter } from './assemble.js';
import { tensorsOf, weightsOf } from './checkpoint-weights.js';
import type { LanguageModel } from './language-model.js';
import type { LoraOptions } from './lora.js';
import { onWeightsOf } from './shared-weights.js';

/** A model and what of it is to be trained. */
export interface LoadOptions {
  /** A model folder in HF form, or a llama2.c .bin file. */
  readonly model: string;
  /** A tokenizer.json or llama2.c tokenizer .bin; by default what lies with the model. */
  readonly tokenizer?: string;
  /** A folder with an adapter in PEFT form, which becomes trainable. */
  readonly adapter?: string;
  /** A fresh adapter, trainable. Not together with `adapter`. */
  readonly lora?: LoraOptions;
  /** Whether every weight is trainable. Not together with an adapter. */
  readonly fullFineTuning?: boolean;
  /** Whether the backward pass runs every block again, for less memory: the numbers are the same. */
  readonly recompute?: boolean;
  /** Whether frozen matrices in halves stay outside of the wasm backend's module; by default where they fill half of it. */
  readonly weightsOutside?: boolean;
  /** The most bytes of one tensor, larger ones are held in parts; by default what the device takes. */
  readonly largestTensor?: number;
}

/**
 * Loads a model and its tokenizer onto the current backend. Frozen matrices stay in the type they are stored in, everything
 * else is converted to float32.
 * @throws InputError naming the file and what is wrong with it
 */
export async function loadModel(options: LoadOptions): Promise<{ model: LanguageModel; tokenizer: Tokenizer }> {
  const { model: path, adapter, lora, fullFineTuning = false } = options;
  if ([adapter !== undefined, lora !== undefined, fullFineTuning].filter(Boolean).length > 1) {
    throw new InputError('model', path, 'one of an adapter, a fresh adapter and full fine-tuning');
  }
  for (const folder of [path, adapter]) if (folder !== undefined) await checkModelFiles(folder);
  const { config, weights } = openModel(path);
  try {
    const tokenizer = loadTokenizer(path, config.vocabularySize, options.tokenizer);
    const source = tensorsOf(weights, config);
    const trained =
      adapter !== undefined
        ? readAdapter(adapter, config, weights)
        : lora !== undefined
          ? freshAdapter(lora, config)
          : fullFineTuning
            ? ('every weight' as const)
            : undefined;
    const { largestTensor, recompute, weightsOutside } = options;
    const held = { trained, largestTensor, recompute, weightsOutside };
    const model = await assembleModel(config, source, held);
    return { model, tokenizer };
  } finally {
    weights.close();
  }
}

/**
 * The configuration of a model and its weights, yet to be read.
 * @throws InputError when there is no model of a known kind
 */
export function openModel(path: string): { config: ModelConfig; weights: Weights } {
  if (!existsSync(path)) throw new InputError('model', path, 'a model folder or a llama2.c .bin file that exists');
  if (statSync(path).isDirectory()) {
    const file = join(path, 'config.json');
    const config = configFromJson(file, parseJson(file));
    const weights = openSafetensorsFolder(path);
    try {
      return { config, weights: weightsOf(config, weights, file) };
    } catch (error) {
      weights.close();
      throw error;
    }
  }
  const { header, weights } = openLlama2c(path);
  const headWidth = header.width / header.heads;
  return {
    config: {
      architecture: 'llama',
      ...header,
      headWidth,
      normEpsilon: 1e-5,
      ropeTheta: 10000,
      ropeScaling: undefined,
      attentionBias: false,
      mlpBias: false,
    },
    weights,
  };
}

/**
 * A model under an adapter, on the weights of one that is on the backend, which keeps them: `dispose` frees the factors alone.
 * Undefined where the adapter computes with a matrix that is held in halves, as DoRA does, and not only multiplies with it.
 * @param path where the other's weights came from
 * @param folder the adapter's
 * @throws InputError where the adapter is damaged or does not fit
 */
export async function underAdapter(
  model: LanguageModel,
  path: string,
  folder: string,
): Promise<LanguageModel | undefined> {
  await checkModelFiles(folder);
  const { weights } = openModel(path);
  try {
    return onWeightsOf(model, readAdapter(folder, model.config, weights));
  } finally {
    weights.close();
  }
}
