import { predictedSpans, responseTokens, type Sequence } from './sequence.js';

/** Sequences as one right-padded array, and where their responses are predicted. */
export interface TokenBatch {
  /** Token ids, row-major, shape [rows, length]; padding is id 0, which no earlier position sees. */
  readonly ids: Int32Array;
  readonly rows: number;
  readonly length: number;
  /** The number of predicted tokens; what the next three arrays hold beyond is padding and counts for nothing. */
  readonly tokens: number;
  /** For each predicted token, the flat position row · length + column of the hidden state that predicts it. */
  readonly positions: Int32Array;
  /** The predicted tokens. */
  readonly targets: Int32Array;
  /** The row each predicted token belongs to. */
  readonly owners: Int32Array;
}

/**
 * A size rounded up to one of eight in every octave, at least to a multiple of 8: at most an eighth is wasted, and a
 * device, whose buffers are kept by their size, sees few different ones.
 */
export function roundedSize(size: number): number {
  const step = Math.max(8, 2 ** (Math.floor(Math.log2(size)) - 3));
  return Math.ceil(size / step) * step;
}

/**
 * The batch of some sequences, padded to the longest of them, rounded up within the model's context.
 * @param length pads to this length instead
 */
export function tokenBatch(
  sequences: readonly Sequence[],
  { contextLength = Infinity, length }: { readonly contextLength?: number; readonly length?: number } = {},
): TokenBatch {
  const longest = Math.max(...sequences.map(({ ids }) => ids.length));
  const padded = length ?? Math.max(longest, Math.min(roundedSize(longest), contextLength));
  const tokens = sequences.reduce((sum, sequence) => sum + responseTokens(sequence), 0);
  const count = tokens === 0 ? 0 : roundedSize(tokens);
  const batch = {
    ids: new Int32Array(sequences.length * padded),
    rows: sequences.length,
    length: padded,
    tokens,
    positions: new Int32Array(count),
    targets: new Int32Array(count),
    owners: new Int32Array(count),
  };
  let token = 0;
  for (const [row, sequence] of sequences.entries()) {
    batch.ids.set(sequence.ids, row * padded);
    for (const { start, end } of predictedSpans(sequence)) {
      for (let column = start; column < end; column++, token++) {
        batch.positions[token] = row * padded + column - 1;
        batch.targets[token] = sequence.ids[column];
        batch.owners[token] = row;
      }
    }
  }
  return batch;
}
