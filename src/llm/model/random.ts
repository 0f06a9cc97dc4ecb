import { stream } from '../../base/random-stream.js';
import { byteTokenizerJson } from '../tokenizer/byte-level.js';
import type { StoredType } from '../weights/safetensors.js';
import { sizeOf } from '../weights/weights.js';
import { configJson, type ModelConfig } from './architecture/index.js';
import { weightShapes } from './decoder.js';

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
  /** What its weights are rounded to; float32 by default. */
  readonly type?: StoredType;
  /** The content of its tokenizer.json; by default its tokens are bytes. */
  readonly tokenizer?: Readonly<Record<string, unknown>>;
}

/** Writes a model of random weights as an HF folder. */
export async function writeRandomModel(
  folder: string,
  config: ModelConfig,
  { seed = 0, deviation = 0.02, type = 'float32', tokenizer = byteTokenizerJson() }: RandomModelOptions = {},
): Promise<void> {
  // Only here are there files: the weights alone are also made in a browser.
  const path = await import('node:path');
  const { makeFolder } = await import('../../base/folder.js');
  const { writeJson } = await import('../../base/json-file.js');
  const { writeSafetensors } = await import('../weights/safetensors.js');
  makeFolder(folder);
  const shapes = weightShapes(config);
  const tensors = [...randomWeights(config, seed, deviation)].map(([name, values]) => ({
    name,
    shape: shapes.get(name) ?? [],
    values: () => values,
  }));
  await writeSafetensors(path.join(folder, 'model.safetensors'), tensors, { format: 'pt' }, type);
  await writeJson(path.join(folder, 'config.json'), { ...configJson(config), torch_dtype: type });
  await writeJson(path.join(folder, 'tokenizer.json'), tokenizer);
}
