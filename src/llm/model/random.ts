import { stream } from '../../base/random-stream.js';
import { byteTokenizerJson } from '../tokenizer/byte-level.js';
import { sizeOf } from '../weights/weights.js';
import type { LlamaConfig, ModelConfig, NeoxConfig } from './config.js';
import { weightShapes } from './decoder.js';

/** A GPT-NeoX configuration in Pythia's proportions, its vocabulary the byte tokenizer's unless given. */
export function neoxConfig(sizes: Partial<NeoxConfig> = {}): NeoxConfig {
  const { width = 32, heads = 4 } = sizes;
  return {
    architecture: 'neox',
    vocabularySize: 257,
    contextLength: 128,
    width,
    intermediateWidth: 4 * width,
    layers: 2,
    heads,
    headWidth: width / heads,
    normEpsilon: 1e-5,
    ropeTheta: 10000,
    tiedHead: false,
    rotaryWidth: width / heads / 4 >= 2 ? width / heads / 4 : width / heads,
    parallelResidual: true,
    attentionBias: true,
    ...sizes,
  };
}

/** A Llama configuration with two heads a key-value head, its vocabulary the byte tokenizer's unless given. */
export function llamaConfig(sizes: Partial<LlamaConfig> = {}): LlamaConfig {
  const { width = 32, heads = 4 } = sizes;
  return {
    architecture: 'llama',
    vocabularySize: 257,
    contextLength: 128,
    width,
    intermediateWidth: 3 * width,
    layers: 2,
    heads,
    headWidth: width / heads,
    keyValueHeads: heads / 2,
    normEpsilon: 1e-5,
    ropeTheta: 10000,
    ropeScaling: undefined,
    tiedHead: false,
    attentionBias: false,
    mlpBias: false,
    ...sizes,
  };
}

/**
 * Random weights of a configuration: matrices normal with the given standard deviation (0.02 is what Pythia and Llama
 * begin with), norm weights 1 and biases 0, both shaken by the same deviation. The same seed gives the same weights.
 */
export function randomWeights(config: ModelConfig, seed: number, deviation = 0.02): Map<string, Float32Array> {
  const weights = new Map<string, Float32Array>();
  for (const [name, shape] of weightShapes(config)) {
    const random = stream(seed, `weights ${name}`);
    const mean = shape.length === 1 && name.endsWith('.weight') ? 1 : 0;
    weights.set(
      name,
      Float32Array.from({ length: sizeOf(shape) }, () => mean + deviation * random.normal()),
    );
  }
  return weights;
}

/** What a model of random weights is made with. */
export interface RandomModelOptions {
  readonly seed?: number;
  readonly deviation?: number;
  /** The content of its tokenizer.json; by default its tokens are bytes. */
  readonly tokenizer?: Readonly<Record<string, unknown>>;
}

/** Writes a model of random weights as an HF folder. */
export async function writeRandomModel(
  folder: string,
  config: ModelConfig,
  { seed = 0, deviation = 0.02, tokenizer = byteTokenizerJson() }: RandomModelOptions = {},
): Promise<void> {
  // Only here are there files: the weights alone are also made in a browser.
  const path = await import('node:path');
  const { makeFolder, writeJson } = await import('../../base/json-file.js');
  const { writeSafetensors } = await import('../weights/safetensors.js');
  const { configJson } = await import('./config.js');
  makeFolder(folder);
  const shapes = weightShapes(config);
  const tensors = [...randomWeights(config, seed, deviation)].map(([name, values]) => ({
    name,
    shape: shapes.get(name) ?? [],
    values: () => values,
  }));
  await writeSafetensors(path.join(folder, 'model.safetensors'), tensors);
  await writeJson(path.join(folder, 'config.json'), configJson(config));
  await writeJson(path.join(folder, 'tokenizer.json'), tokenizer);
}
