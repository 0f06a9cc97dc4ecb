import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import type { HalfType } from '../../engine/half-matrix.js';
import { digestField, digestPosition, fileHash } from './digest.js';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half-precision.js';
import { parseJson } from '../../base/json-file.js';
import { writeInPieces } from '../../base/whole-file.js';
import { openFile, type OpenFile } from './read-file.js';
import { sizeOf, type RowRange, type Weights } from './weights.js';

// https://huggingface.co/docs/safetensors: the header's length as a little-endian u64, the header as JSON, the data.
const headerSchema = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });
type Entry = z.infer<typeof headerSchema>[string];

/** Types of half the size by their names in files. */
const halfTypes: ReadonlyMap<string, HalfType> = new Map([
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
]);

const bytesPerValue: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };
const largestHeader = 100e6;

/**
 * Opens a safetensors file. Tensors of other types than F64, F32, F16 and BF16 (buffers such as masks) may be in it,
 * but cannot be read.
 * @throws InputError when the file is cut off, its header is not one, or contradicts itself or the file's size
 */
export function openSafetensors(path: string): Weights {
  const file = openFile(path);
  try {
    const { entries, dataStart } = readHeader(file);
    const stored = (name: string, rows?: RowRange): { readonly dtype: string; readonly bytes: Uint8Array } => {
      const entry = entries.get(name);
      if (entry === undefined) throw new InputError(path, `no tensor ${name}`, 'a checkpoint that holds it');
      if (!(entry.dtype in bytesPerValue)) {
        throw new InputError(`${path}: ${name}`, entry.dtype, Object.keys(bytesPerValue).join(', '));
      }
      const { begin, end } = bytesOf(entry, rows);
      return { dtype: entry.dtype, bytes: file.read(dataStart + begin, end - begin) };
    };
    return {
      source: path,
      shapes: new Map([...entries].map(([name, { shape }]) => [name, shape])),
      read: (name, rows) => {
        const { dtype, bytes } = stored(name, rows);
        return toFloat32(bytes, dtype);
      },
      halfType: (name) => halfTypes.get(entries.get(name)?.dtype ?? ''),
      readHalves: (name, rows) => new Uint16Array(stored(name, rows).bytes.buffer),
      close: () => {
        file.close();
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/**
 * Opens the weights of a model folder: model.safetensors, or the shards that model.safetensors.index.json names.
 * @throws InputError when neither is there, a shard is missing or lacks a tensor the index places in it
 */
export function openSafetensorsFolder(folder: string): Weights {
  const single = join(folder, 'model.safetensors');
  if (existsSync(single)) return openSafetensors(single);
  const index = join(folder, 'model.safetensors.index.json');
  if (existsSync(index)) return openShards(index);
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

function openShards(index: string): Weights {
  const map = checked(indexSchema, parseJson(index), { place: index });
  const shards = new Map<string, Weights>();
  const placed = new Map<string, Weights>();
  const close = (): void => {
    for (const shard of shards.values()) shard.close();
  };
  try {
    for (const [name, fileName] of Object.entries(map.weight_map)) {
      if (basename(fileName) !== fileName) throw new InputError(index, fileName, 'shards in the folder of the index');
      const path = join(dirname(index), fileName);
      if (!existsSync(path))
        throw new InputError(index, `no file ${fileName}`, 'every shard in the folder of the index');
      const shard = shards.get(fileName) ?? openSafetensors(path);
      shards.set(fileName, shard);
      if (shard.shapes.has(name)) placed.set(name, shard);
    }
  } catch (error) {
    close();
    throw error;
  }
  const shardOf = (name: string): Weights => {
    const shard = placed.get(name);
    if (shard === undefined) throw new InputError(index, `no tensor ${name}`, 'shards that hold it');
    return shard;
  };
  return {
    source: index,
    shapes: new Map([...placed].map(([name, shard]) => [name, shard.shapes.get(name) ?? []])),
    read: (name, rows) => shardOf(name).read(name, rows),
    halfType: (name) => shardOf(name).halfType(name),
    readHalves: (name, rows) => shardOf(name).readHalves(name, rows),
    close,
  };
}

function readHeader(file: OpenFile): { entries: Map<string, Entry>; dataStart: number } {
  const { path, size } = file;
  if (size < 8) throw new InputError(path, `a file of ${size} bytes`, 'a safetensors file: it is cut off');
  const length = Number(new DataView(file.read(0, 8).buffer).getBigUint64(0, true));
  if (length < 2 || length > largestHeader || length > size - 8) {
    throw new InputError(
      path,
      `a header said to have ${length} bytes in a file of ${size}`,
      'a whole safetensors file',
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.read(8, length)));
  } catch {
    throw new InputError(path, 'a header that is not JSON', 'a safetensors file');
  }
  if (typeof json === 'object' && json !== null) Reflect.deleteProperty(json, '__metadata__');
  const header = checked(headerSchema, json, { place: `${path}: header` });
  const dataStart = 8 + length;
  const entries = new Map(Object.entries(header));
  let position = 0;
  for (const [name, { dtype, shape, data_offsets }] of byPosition(entries)) {
    const [begin, end] = data_offsets;
    if (begin !== position || end < begin) {
      throw new InputError(`${path}: ${name}`, `bytes ${begin} to ${end}`, `bytes from ${position} on, without a gap`);
    }
    if (dataStart + end > size) {
      throw new InputError(path, `${size} bytes`, `${dataStart + end}, where ${name} ends: the file is cut off`);
    }
    const expected = sizeOf(shape) * bytesPerValue[dtype];
    if (dtype in bytesPerValue && end - begin !== expected) {
      throw new InputError(`${path}: ${name}`, `${end - begin} bytes`, `${expected} for its shape [${shape.join()}]`);
    }
    position = end;
  }
  if (dataStart + position !== size) {
    throw new InputError(path, `${size} bytes`, `${dataStart + position}, where its header says that the data ends`);
  }
  return { entries, dataStart };
}

/** Where some rows of a tensor, or all, lie among the data. */
function bytesOf(
  { data_offsets: [begin, end], shape }: Entry,
  rows: RowRange | undefined,
): { begin: number; end: number } {
  if (rows === undefined) return { begin, end };
  const bytesPerRow = (end - begin) / shape[0];
  return { begin: begin + rows.first * bytesPerRow, end: begin + rows.end * bytesPerRow };
}

function byPosition(entries: ReadonlyMap<string, Entry>): [string, Entry][] {
  return [...entries].sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
}

function toFloat32(bytes: Uint8Array, dtype: string): Float32Array {
  const { buffer } = bytes;
  if (dtype === 'F32') return new Float32Array(buffer);
  if (dtype === 'F64') return Float32Array.from(new Float64Array(buffer));
  return dtype === 'F16' ? fromFloat16(new Uint16Array(buffer)) : fromBfloat16(new Uint16Array(buffer));
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
 * @throws InputError when the disk is full, the place cannot be written, or a number is too large for float16
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
  if (type === 'bfloat16') return toBfloat16(numbers);
  // Halfway between the largest number and what would come next.
  const beyond = numbers.find((value) => Math.abs(value) >= 65520);
  if (beyond !== undefined) throw new InputError(name, beyond, 'numbers up to 65504 for float16; bfloat16 holds it');
  return toFloat16(numbers);
}
