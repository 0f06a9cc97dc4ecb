import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import type { HalfType } from '../../engine/half-matrix.js';
import { fromBfloat16, fromFloat16 } from './half-precision.js';
import type { OpenFile } from './read-file.js';
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
type HeaderEntry = z.infer<typeof headerSchema>[string];

/** Types of half the size by their names in files. */
const halfTypes: ReadonlyMap<string, HalfType> = new Map([
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
]);

const bytesPerValue: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };
const largestHeader = 100e6;

/**
 * The tensors of an open safetensors file, be it of a disk or of a browser. Tensors of other types than F64, F32, F16 and BF16
 * (buffers such as masks) may be in it, but cannot be read. The file is closed where it is refused.
 * @throws InputError when the file is cut off, its header is not one, or contradicts itself or the file's size
 */
export function safetensorsIn(file: OpenFile): Weights {
  const { path } = file;
  try {
    const { entries, dataStart } = readHeader(file);
    const stored = (
      name: string,
      rows?: RowRange,
      into?: Uint8Array,
    ): { readonly dtype: string; readonly bytes: Uint8Array } => {
      const entry = entries.get(name);
      if (entry === undefined) throw new InputError(path, `no tensor ${name}`, 'a checkpoint that holds it');
      if (!(entry.dtype in bytesPerValue)) {
        throw new InputError(`${path}: ${name}`, entry.dtype, Object.keys(bytesPerValue).join(', '));
      }
      const { begin, end } = bytesOf(entry, rows);
      return { dtype: entry.dtype, bytes: file.read(dataStart + begin, end - begin, into) };
    };
    return {
      source: path,
      shapes: new Map([...entries].map(([name, { shape }]) => [name, shape])),
      read: (name, rows) => {
        const { dtype, bytes } = stored(name, rows);
        return toFloat32(bytes, dtype);
      },
      halfType: (name) => halfTypes.get(entries.get(name)?.dtype ?? ''),
      readHalves: (name, rows, into) => {
        stored(name, rows, new Uint8Array(into.buffer, into.byteOffset, into.byteLength));
      },
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
 * The tensors of the shards that a model.safetensors.index.json names.
 * @param index the index, for an error's words
 * @param open opens the shard of a name; undefined where there is none
 * @throws InputError when a shard is missing or lacks a tensor the index places in it
 */
export function safetensorsInShards(
  index: string,
  content: unknown,
  open: (name: string) => Weights | undefined,
): Weights {
  const map = checked(indexSchema, content, { place: index });
  const shards = new Map<string, Weights>();
  const placed = new Map<string, Weights>();
  const close = (): void => {
    for (const shard of shards.values()) shard.close();
  };
  try {
    for (const [name, fileName] of Object.entries(map.weight_map)) {
      if (/[/\\]/.test(fileName)) throw new InputError(index, fileName, 'shards in the folder of the index');
      const shard = shards.get(fileName) ?? open(fileName);
      if (shard === undefined) {
        throw new InputError(index, `no file ${fileName}`, 'every shard in the folder of the index');
      }
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
    readHalves: (name, rows, into) => {
      shardOf(name).readHalves(name, rows, into);
    },
    close,
  };
}

function readHeader(file: OpenFile): { entries: Map<string, HeaderEntry>; dataStart: number } {
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
  { data_offsets: [begin, end], shape }: HeaderEntry,
  rows: RowRange | undefined,
): { begin: number; end: number } {
  if (rows === undefined) return { begin, end };
  const bytesPerRow = (end - begin) / shape[0];
  return { begin: begin + rows.first * bytesPerRow, end: begin + rows.end * bytesPerRow };
}

function byPosition(entries: ReadonlyMap<string, HeaderEntry>): [string, HeaderEntry][] {
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
