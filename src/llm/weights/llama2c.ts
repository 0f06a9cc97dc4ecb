import { InputError } from '../../base/input-error.js';
import { openFile, type OpenFile } from './read-file.js';
import { sizeOf, type Weights } from './weights.js';

/** The header of a llama2.c checkpoint. */
export interface Llama2cHeader {
  readonly width: number;
  readonly intermediateWidth: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly tiedHead: boolean;
}

/**
 * Opens a llama2.c checkpoint (its first format: seven int32, then float32 tensors layer-stacked by kind), its tensors
 * named and laid out as in an HF Llama folder. Query and key rows are reordered: llama2.c rotates neighbouring
 * coordinates (2i, 2i + 1) of a head, HF coordinates half a head apart (i, i + half).
 * Source: https://github.com/karpathy/llama2.c, run.c (memory_map_weights) and export.py (permute_reverse).
 * @throws InputError when the header is not one or the file's size is not what the header implies
 */
export function openLlama2c(path: string): { header: Llama2cHeader; weights: Weights } {
  const file = openFile(path);
  try {
    if (file.size < headerBytes)
      throw new InputError(path, `a file of ${file.size} bytes`, 'a llama2.c checkpoint: it is cut off');
    const header = readHeader(path, new Int32Array(file.read(0, headerBytes).buffer));
    requireRoom(header, file);
    const { pieces, end } = layout(header);
    if (file.size !== end) {
      throw new InputError(
        path,
        `a file of ${file.size} bytes`,
        `${end}, as its header implies for a llama2.c checkpoint`,
      );
    }
    return {
      header,
      weights: {
        source: path,
        shapes: new Map([...pieces].map(([name, { shape }]) => [name, shape])),
        read: (name, rows) => {
          const piece = pieces.get(name);
          if (piece === undefined) throw new InputError(path, `no tensor ${name}`, 'a checkpoint that holds it');
          const perRow = sizeOf(piece.shape.slice(1));
          const { first, end } = rows ?? { first: 0, end: piece.shape[0] };
          const read = (from: number, to: number): Float32Array =>
            new Float32Array(file.read(piece.position + 4 * perRow * from, 4 * perRow * (to - from)).buffer);
          if (piece.rotated === undefined) return read(first, end);
          // The rows of a head change places: all are read, and of their new order those that are asked for taken.
          const reordered = toHalfRotation(read(0, piece.shape[0]), piece.rotated, perRow);
          return reordered.subarray(first * perRow, end * perRow);
        },
        halfType: () => undefined,
        readHalves: (name) => {
          throw new Error(`${name} is not stored in halves`);
        },
        close: () => {
          file.close();
        },
      },
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

const headerBytes = 7 * 4;

function readHeader(path: string, numbers: Int32Array): Llama2cHeader {
  const [width, intermediateWidth, layers, heads, keyValueHeads, signedVocabulary, contextLength] = numbers;
  const header: Llama2cHeader = {
    width,
    intermediateWidth,
    layers,
    heads,
    keyValueHeads,
    // A negative vocabulary size says that the classifier has weights of its own.
    vocabularySize: Math.abs(signedVocabulary),
    contextLength,
    tiedHead: signedVocabulary > 0,
  };
  const positive = numbers.every((number, i) => (i === 5 ? number !== 0 : number > 0) && Math.abs(number) < 2 ** 24);
  if (!positive || width % heads !== 0 || heads % keyValueHeads !== 0 || (width / heads) % 2 !== 0) {
    throw new InputError(path, `a header of ${numbers.join(' ')}`, 'a llama2.c checkpoint, or a model folder');
  }
  return header;
}

/** Throws an InputError where a header promises more layers than its file has room for, before they are listed. */
function requireRoom({ layers, width }: Llama2cHeader, { path, size }: OpenFile): void {
  const most = Math.floor(size / (4 * width));
  if (layers > most) throw new InputError(path, `${layers} layers`, `at most ${most} in a file of ${size} bytes`);
}

interface StoredTensor {
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly position: number;
  /** The number of heads whose rows are to be reordered. */
  readonly rotated?: number;
}

function layout(header: Llama2cHeader): { pieces: ReadonlyMap<string, StoredTensor>; end: number } {
  const { width, intermediateWidth, layers, heads, keyValueHeads, vocabularySize, contextLength, tiedHead } = header;
  const keyWidth = (width / heads) * keyValueHeads;
  const pieces = new Map<string, StoredTensor>();
  let position = headerBytes;
  const place = (name: string, shape: readonly number[], rotated?: number): void => {
    pieces.set(name, { shape, position, ...(rotated === undefined ? {} : { rotated }) });
    position += 4 * sizeOf(shape);
  };
  const stack = (name: string, shape: readonly number[], rotated?: number): void => {
    for (let layer = 0; layer < layers; layer++) place(`model.layers.${layer}.${name}.weight`, shape, rotated);
  };
  place('model.embed_tokens.weight', [vocabularySize, width]);
  stack('input_layernorm', [width]);
  stack('self_attn.q_proj', [width, width], heads);
  stack('self_attn.k_proj', [keyWidth, width], keyValueHeads);
  stack('self_attn.v_proj', [keyWidth, width]);
  stack('self_attn.o_proj', [width, width]);
  stack('post_attention_layernorm', [width]);
  stack('mlp.gate_proj', [intermediateWidth, width]);
  stack('mlp.down_proj', [width, intermediateWidth]);
  stack('mlp.up_proj', [intermediateWidth, width]);
  place('model.norm.weight', [width]);
  // Tables of rotary cosines and sines, which we compute ourselves.
  position += 4 * contextLength * (width / heads);
  if (!tiedHead) place('lm_head.weight', [vocabularySize, width]);
  return { pieces, end: position };
}

/** Row 2i of each head goes to i, row 2i + 1 to i + half the head. */
function toHalfRotation(values: Float32Array, heads: number, columns: number): Float32Array {
  const headRows = values.length / columns / heads;
  const reordered = new Float32Array(values.length);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < headRows; row++) {
      const from = (head * headRows + row) * columns;
      const to = (head * headRows + (row >> 1) + (row % 2) * (headRows / 2)) * columns;
      reordered.set(values.subarray(from, from + columns), to);
    }
  }
  return reordered;
}
