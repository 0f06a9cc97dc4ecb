import { stream } from '../../base/random-stream.js';
import { byteTokenizerJson } from '../tokenizer/byte-level.js';
import type { HalfType } from '../../engine/half-matrix.js';
import { fromHalves, toHalves } from '../weights/half-precision.js';
import type { StoredType } from '../weights/safetensors.js';
import { sizeOf, type RowRange } from '../weights/weights.js';
import { configJson, type ModelConfig } from './architecture/index.js';
import type { TensorSource } from './assemble.js';
import { weightShapes } from './decoder.js';

/** What Pythia and Llama begin with. */
const usualDeviation = 0.02;

/**
 * Random weights of a configuration: matrices normal with the given standard deviation, norm weights 1 and biases 0, both shaken by the same deviation. The same seed gives the same weights.
 */
export function randomWeights(
  config: ModelConfig,
  seed: number,
  deviation = usualDeviation,
): Map<string, Float32Array> {
  return new Map(
    [...weightShapes(config)].map(([name, shape]) => [name, randomTensor(name, shape, { seed, deviation })]),
  );
}

function randomTensor(
  name: string,
  shape: readonly number[],
  { seed, deviation }: { readonly seed: number; readonly deviation: number },
): Float32Array {
  const random = stream(seed, `weights ${name}`);
  const mean = shape.length === 1 && name.endsWith('.weight') ? 1 : 0;
  return Float32Array.from({ length: sizeOf(shape) }, () => mean + deviation * random.normal());
}

/**
 * The same weights one tensor at a time, so that no more of them is held at once.
 * @param halfType what a tensor is rounded to; by default, and where undefined, it is in float32
 */
export function randomSource(
  config: ModelConfig,
  seed: number,
  halfType: (name: string) => HalfType | undefined = () => undefined,
): TensorSource {
  const shapes = weightShapes(config);
  let last: { readonly name: string; readonly values: Float32Array } = { name: '', values: new Float32Array() };
  const values = (name: string, { first, end }: RowRange): Float32Array => {
    const shape = shapes.get(name) ?? [];
    if (last.name !== name) last = { name, values: randomTensor(name, shape, { seed, deviation: usualDeviation }) };
    const rowSize = sizeOf(shape.slice(1));
    return last.values.subarray(first * rowSize, end * rowSize);
  };
  return {
    values: (name, rows) => {
      const type = halfType(name);
      return type === undefined ? values(name, rows) : fromHalves(toHalves(values(name, rows), type), type);
    },
    halfType,
    halves: (name, rows, into) => {
      into.set(toHalves(values(name, rows), halfType(name) ?? 'float16'));
    },
  };
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
  { seed = 0, deviation = usualDeviation, type = 'float32', tokenizer = byteTokenizerJson() }: RandomModelOptions = {},
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
