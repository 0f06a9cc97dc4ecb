import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { InputError } from '../../input-error.js';
import { largestTensor, uploaded } from '../backend/device-memory.js';
import { loadTokenizer } from '../tokenizer/load.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { openLlama2c } from '../weights/llama2c.js';
import { openSafetensorsFolder } from '../weights/safetensors.js';
import { requireShape, type RowRange, type Weights } from '../weights/weights.js';
import { readAdapter, type StoredAdapter } from './adapter.js';
import { readConfig, type ModelConfig } from './config.js';
import { createDecoder, weightShapes } from './decoder.js';
import type { LanguageModel } from './language-model.js';
import { initialFactor, loraShapes, peftName, type LoraOptions } from './lora.js';
import { partName, rowParts } from './parts.js';

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
  /** The most bytes of one tensor, larger ones are held in parts; by default what the device takes. */
  readonly largestTensor?: number;
}

/**
 * Loads a model and its tokenizer onto the current backend, converted to float32.
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
        ? readAdapter(adapter, shapes)
        : lora !== undefined
          ? freshAdapter(lora, shapes)
          : fullFineTuning && 'every weight';
    const read = (name: string, rows: RowRange): Float32Array => weights.read(name, rows);
    return { model: await assembleModel(config, read, trained || undefined, options.largestTensor), tokenizer };
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
    const config = readConfig(join(path, 'config.json'));
    return { config, weights: openSafetensorsFolder(path) };
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
 * Puts a model's tensors onto the current backend.
 * @param values the numbers of some rows of a tensor by its HF name, each asked for once
 * @param trained an adapter, or every weight; by default nothing is trainable
 * @param largest the most bytes of one tensor; larger ones are held in parts
 */
export async function assembleModel(
  config: ModelConfig,
  values: (name: string, rows: RowRange) => Float32Array,
  trained?: StoredAdapter | 'every weight',
  largest = largestTensor(),
): Promise<LanguageModel> {
  const adapter = trained === 'every weight' ? undefined : trained;
  const trainable = new Map<string, Variable>();
  for (const [name, { shape, values: start }] of adapter?.factors ?? []) {
    trainable.set(name, variableOf(tf.tensor(start, [...shape], 'float32')));
  }
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of weightShapes(config)) {
    for (const rows of rowParts(name, shape, largest)) {
      const part = partName(name, rows, shape);
      const read = ({ first, end }: RowRange): Float32Array =>
        values(name, { first: rows.first + first, end: rows.first + end });
      const start = await uploaded(read, [rows.end - rows.first, ...shape.slice(1)]);
      if (trained === 'every weight') trainable.set(part, variableOf(start));
      weights.set(part, trainable.get(part) ?? start);
      // Loading can take minutes: between tensors an interrupt is heard.
      await setImmediate();
    }
  }
  return createDecoder({ config, weights, trainable, lora: adapter?.lora });
}

/** An adapter that changes nothing yet. */
export function freshAdapter(options: LoraOptions, shapes: ReadonlyMap<string, readonly number[]>): StoredAdapter {
  const { rank, alpha, targets } = options;
  const factors = new Map<string, { shape: number[]; values: Float32Array }>();
  for (const shape of loraShapes(shapes, targets)) {
    const { module, inputs, outputs } = shape;
    factors.set(peftName(module, 'A'), { shape: [rank, inputs], values: initialFactor(shape, options) });
    factors.set(peftName(module, 'B'), { shape: [outputs, rank], values: new Float32Array(outputs * rank) });
  }
  return { lora: { rank, alpha, targets }, factors };
}

/** A variable that starts as a tensor, which it takes over. */
function variableOf(start: Tensor): Variable {
  const result = tf.variable(start);
  start.dispose();
  return result;
}
