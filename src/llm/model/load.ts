import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { parseJson } from '../../base/json-file.js';
import { loadTokenizer } from '../tokenizer/load.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { openLlama2c } from '../weights/llama2c.js';
import { renamed } from '../weights/renamed.js';
import { openSafetensorsFolder } from '../weights/safetensors.js';
import { finite, finiteHalves, requireShape, type Weights } from '../weights/weights.js';
import { readAdapter } from './adapter.js';
import { architectureOf, configFromJson, type ModelConfig } from './architecture/index.js';
import { assembleModel, freshAdapter, type TensorSource } from './assemble.js';
import { weightShapes } from './decoder.js';
import type { LanguageModel } from './language-model.js';
import type { LoraOptions } from './lora.js';

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
  const { config, weights } = openModel(path);
  try {
    const tokenizer = loadTokenizer(path, config.vocabularySize, options.tokenizer);
    const shapes = weightShapes(config);
    for (const [name, shape] of shapes) requireShape(weights, name, shape);
    const trained =
      adapter !== undefined
        ? readAdapter(adapter, config, weights)
        : lora !== undefined
          ? freshAdapter(lora, config)
          : fullFineTuning && 'every weight';
    const { largestTensor, recompute } = options;
    const source = checkedSource(weights);
    const model = await assembleModel(config, source, trained || undefined, largestTensor, recompute);
    return { model, tokenizer };
  } finally {
    weights.close();
  }
}

/** The tensors of a checkpoint; a number that is not finite is refused where it is read. */
function checkedSource(weights: Weights): TensorSource {
  const { source } = weights;
  return {
    values: (name, rows) => finite(weights.read(name, rows), source, name),
    halfType: (name) => weights.halfType(name),
    halves: (name, rows) =>
      finiteHalves(weights.readHalves(name, rows), weights.halfType(name) ?? 'float16', source, name),
  };
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
    // Every layer has tensors of its own: the names of more layers are not even written down.
    if (config.layers > weights.shapes.size) {
      weights.close();
      const most = `at most ${weights.shapes.size}, the tensors of ${weights.source}`;
      throw new InputError(`${file}: layers`, config.layers, most);
    }
    try {
      requireNoOther(weights, config);
    } catch (error) {
      weights.close();
      throw error;
    }
    return { config, weights: withHeadNames(weights, config) };
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

/** What is stored with the weights of blocks and follows from the configuration: masks and frequencies. */
const buffers = /\.(?:rotary_emb\.inv_freq|masked_bias|attn\.bias|attention\.bias)$/;

/**
 * Throws an InputError where the body of a model has a tensor that its configuration has no place for, as the bias of a map
 * that has none, or a layer beyond the last: the numbers would be those of another model. Other heads are passed over.
 */
function requireNoOther({ source, shapes }: Weights, config: ModelConfig): void {
  const { embedding, blocks } = architectureOf(config);
  const base = embedding.slice(0, embedding.indexOf('.') + 1);
  const known = weightShapes(config);
  for (const [name, shape] of shapes) {
    const whole = name.startsWith(`${blocks.slice(base.length)}.`) ? `${base}${name}` : name;
    if (!whole.startsWith(base) || known.has(whole) || buffers.test(whole)) continue;
    throw new InputError(`${source}: ${name}`, shape, 'no tensor that config.json has no place for');
  }
}

/**
 * The weights of a checkpoint that was saved without its head's class, such as GPT-2's own: its names lack the first
 * part, `transformer.` or `model.`.
 */
function withHeadNames(weights: Weights, config: ModelConfig): Weights {
  const { embedding } = architectureOf(config);
  const base = embedding.slice(0, embedding.indexOf('.') + 1);
  if (weights.shapes.has(embedding) || !weights.shapes.has(embedding.slice(base.length))) return weights;
  const names = [...weightShapes(config).keys()].filter((name) => name.startsWith(base));
  return renamed(weights, new Map(names.map((name) => [name, name.slice(base.length)])));
}
