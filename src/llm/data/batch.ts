import { responseStart, responseTokens, type Sequence } from './sequence.js';

/** Sequences as one right-padded array, and where their responses are predicted. */
export interface TokenBatch {
  /** Token ids, row-major, shape [rows, length]; padding is id 0, which no earlier position sees. */
  readonly ids: Int32Array;
  readonly rows: number;
  readonly length: number;
  /** For each predicted token, the flat position row · length + column of the hidden state that predicts it. */
  readonly positions: Int32Array;
  /** The predicted tokens. */
  readonly targets: Int32Array;
  /** The row each predicted token belongs to. */
  readonly owners: Int32Array;
}

/** Lengths are rounded up to a multiple of this, so that a device sees few different sizes. */
const lengthStep = 16;

/**
 * The batch of some sequences, padded to the longest of them, rounded up within the model's context.
 * @param length pads to this length instead
 */
export function tokenBatch(
  sequences: readonly Sequence[],
  { contextLength = Infinity, length }: { readonly contextLength?: number; readonly length?: number } = {},
): TokenBatch {
  const longest = Math.max(...sequences.map(({ ids }) => ids.length));
  const rounded = Math.ceil(longest / lengthStep) * lengthStep;
  const padded = length ?? Math.max(longest, Math.min(rounded, contextLength));
  const count = sequences.reduce((sum, sequence) => sum + responseTokens(sequence), 0);
  const batch = {
    ids: new Int32Array(sequences.length * padded),
    rows: sequences.length,
    length: padded,
    positions: new Int32Array(count),
    targets: new Int32Array(count),
    owners: new Int32Array(count),
  };
  let token = 0;
  for (const [row, sequence] of sequences.entries()) {
    batch.ids.set(sequence.ids, row * padded);
    for (let column = responseStart(sequence); column < sequence.ids.length; column++, token++) {
      batch.positions[token] = row * padded + column - 1;
      batch.targets[token] = sequence.ids[column];
      batch.owners[token] = row;
    }
  }
  return batch;
}
