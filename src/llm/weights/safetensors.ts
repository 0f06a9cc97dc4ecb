import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/input-error.js';
import { digestField, digestPosition, fileHash } from './digest.js';
import { toBfloat16, toFloat16 } from './half-precision.js';
import { parseJson } from '../../base/json-file.js';
import { writeInPieces } from '../../base/whole-file.js';
import { openFile } from './read-file.js';
import { safetensorsIn, safetensorsInShards } from './safetensors-format.js';
import { sizeOf, type Weights } from './weights.js';

/**
 * Opens a safetensors file; see `safetensorsIn`.
 * @throws InputError when the file is cut off, its header is not one, or contradicts itself or the file's size
 */
export function openSafetensors(path: string): Weights {
  return safetensorsIn(openFile(path));
}

/**
 * Opens the weights of a model folder: model.safetensors, or the shards that model.safetensors.index.json names.
 * @throws InputError when neither is there, a shard is missing or lacks a tensor the index places in it
 */
export function openSafetensorsFolder(folder: string): Weights {
  const single = join(folder, 'model.safetensors');
  if (existsSync(single)) return openSafetensors(single);
  const index = join(folder, 'model.safetensors.index.json');
  if (existsSync(index)) {
    return safetensorsInShards(index, parseJson(index), (name) => {
      const path = join(folder, name);
      return existsSync(path) ? openSafetensors(path) : undefined;
    });
  }
  const pickled = ['pytorch_model.bin', 'pytorch_model.bin.index.json'].find((name) => existsSync(join(folder, name)));
  if (pickled !== undefined) {
    throw new InputError(
      join(folder, pickled),
      'weights as a pickle, which is a program',
      'model.safetensors: in Python, AutoModelForCausalLM.from_pretrained(folder).save_pretrained(folder) writes it',
    );
  }
  throw new InputError(folder, 'no model.safetensors', 'model.safetensors or model.safetensors.index.json');
}

/** The types that tensors are written in, by their names in files and in config.json. */
export const storedTypes = { float32: 'F32', bfloat16: 'BF16', float16: 'F16' } as const;
export type StoredType = keyof typeof storedTypes;

/** A tensor to be written, whose values are asked for when their turn comes. */
export interface WritableTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** All of them, or one run of rows after the other where they are too many to hold at once. */
  values(): Float32Array | Promise<Float32Array> | AsyncIterable<Float32Array>;
}

/**
 * Writes tensors as a safetensors file, one at a time, whole or not at all.
 * @param metadata texts kept in the header; Python's transformers wants `format: 'pt'`. Where the first is
 *   `digestField`, the digest of the file takes its place, for `checkDigest`.
 * @param type what every number is rounded to
 * @throws InputError when the disk is full, the place cannot be written, or a number is too large for the type
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly WritableTensor[],
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
  type: StoredType = 'float32',
): Promise<void> {
  // Trailing spaces align the data to 8 bytes, as the format's own writer does.
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const { name, shape } of tensors) {
    const begin = end;
    end += sizeOf(shape) * (type === 'float32' ? 4 : 2);
    header[name] = { dtype: storedTypes[type], shape, data_offsets: [begin, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(json, 8);
  await writeInPieces(path, async (write) => {
    const hash = fileHash();
    const next = (bytes: Uint8Array): void => {
      hash.update(bytes);
      write(bytes);
    };
    next(start);
    for (const tensor of tensors) {
      const { name, shape } = tensor;
      const values = tensor.values();
      let count = 0;
      for await (const numbers of Symbol.asyncIterator in values ? values : [values]) {
        count += numbers.length;
        const stored = storedAs(type, numbers, name);
        next(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
      }
      if (count !== sizeOf(shape)) throw new Error(`${name}: ${count} values for shape [${shape.join()}]`);
    }
    if (metadata.sha256 === digestField.sha256) write(Buffer.from(hash.digest('hex')), digestPosition);
  });
}

function storedAs(type: StoredType, numbers: Float32Array, name: string): Float32Array | Uint16Array {
  if (type === 'float32') return numbers;
  // What is halfway to the number behind the largest, or beyond, would become infinite.
  const [beyond, expected] =
    type === 'bfloat16'
      ? [numbers.find((value) => Math.abs(value) >= 2 ** 128 - 2 ** 119), 'numbers up to 3.3895e38 for bfloat16']
      : [numbers.find((value) => Math.abs(value) >= 65520), 'numbers up to 65504 for float16; bfloat16 holds it'];
  if (beyond !== undefined) throw new InputError(name, beyond, expected);
  return type === 'bfloat16' ? toBfloat16(numbers) : toFloat16(numbers);
}
