import { InputError } from '../../base/input-error.js';
import { openFile } from '../weights/read-file.js';
import type { Tokenizer } from './tokenizer.js';

const bosId = 1;
const eosId = 2;
/** Byte b is token b + 3. */
const firstByteId = 3;

interface VocabularyEntry {
  readonly score: number;
  readonly bytes: Uint8Array;
}

/**
 * Reads a llama2.c tokenizer: int32 longest token, then for each id a float32 score, an int32 length and the bytes.
 * Encoding begins with a space, takes UTF-8 characters, falls back to bytes where a character is no token, and merges
 * the neighbours whose union has the best score until none is a token.
 * Source: https://github.com/karpathy/llama2.c, run.c (encode, decode).
 * @throws InputError when the file is cut off or not such a file
 */
export function readLlama2cTokenizer(path: string): Tokenizer {
  const entries = readEntries(path);
  const idOf = new Map<string, number>();
  entries.forEach(({ bytes }, id) => {
    const key = keyOf(bytes);
    if (!idOf.has(key)) idOf.set(key, id);
  });
  const byteOf = entries.map(({ bytes }) => {
    const match = /^<0x([0-9A-F]{2})>$/.exec(keyOf(bytes));
    return match === null ? undefined : Number.parseInt(match[1], 16);
  });
  return {
    kind: 'llama2c',
    vocabularySize: entries.length,
    bosId,
    eosId,
    endIds: [bosId, eosId],
    eosText: undefined,
    opening: [],
    encode: (text) => merge(characterIds(text, idOf), entries, idOf),
    decode: (ids) => decode(ids, entries, byteOf),
  };
}

function readEntries(path: string): VocabularyEntry[] {
  const file = openFile(path);
  const bytes = file.read(0, file.size);
  file.close();
  const view = new DataView(bytes.buffer);
  const refuse = (): never => {
    throw new InputError(path, `a file of ${bytes.length} bytes`, 'a whole llama2.c tokenizer');
  };
  const entries: VocabularyEntry[] = [];
  if (bytes.length < 4) refuse();
  const longest = view.getInt32(0, true);
  for (let position = 4; position < bytes.length;) {
    if (position + 8 > bytes.length) refuse();
    const length = view.getInt32(position + 4, true);
    if (length < 0 || length > Math.max(longest, 16) || position + 8 + length > bytes.length) refuse();
    entries.push({
      score: view.getFloat32(position, true),
      bytes: bytes.subarray(position + 8, position + 8 + length),
    });
    position += 8 + length;
  }
  if (entries.length < firstByteId + 256) refuse();
  return entries;
}

/** Bytes as a string of equally many characters, to be the key of a map. */
function keyOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function characterIds(text: string, idOf: ReadonlyMap<string, number>): number[] {
  if (text === '') return [];
  return Array.from(` ${text}`).flatMap((character) => {
    const bytes = new TextEncoder().encode(character);
    const id = idOf.get(keyOf(bytes));
    return id === undefined ? Array.from(bytes, (byte) => byte + firstByteId) : [id];
  });
}

function merge(
  start: readonly number[],
  entries: readonly VocabularyEntry[],
  idOf: ReadonlyMap<string, number>,
): number[] {
  const ids = [...start];
  const union = (at: number): number | undefined =>
    at < 0 || at + 1 >= ids.length
      ? undefined
      : idOf.get(keyOf(entries[ids[at]].bytes) + keyOf(entries[ids[at + 1]].bytes));
  // unions[i] is the token that ids i and i + 1 make together: looked up when they become neighbours, not every round.
  const unions = ids.map((_, at) => union(at));
  for (;;) {
    let best = -1;
    let bestScore = -Infinity;
    for (let at = 0; at < unions.length; at++) {
      const id = unions[at];
      if (id === undefined || entries[id].score <= bestScore) continue;
      best = at;
      bestScore = entries[id].score;
    }
    const merged = unions[best];
    if (merged === undefined) return ids;
    ids.splice(best, 2, merged);
    unions.splice(best, 1);
    unions[best] = union(best);
    if (best > 0) unions[best - 1] = union(best - 1);
  }
}

function decode(
  ids: readonly number[],
  entries: readonly VocabularyEntry[],
  byteOf: readonly (number | undefined)[],
): string {
  const bytes: number[] = [];
  let atStart = true;
  for (const id of ids) {
    if (id === bosId || id === eosId) {
      atStart = id === bosId;
      continue;
    }
    const byte = byteOf[id];
    const piece = byte === undefined ? entries[id].bytes : Uint8Array.of(byte);
    // The space that encoding put in front of the text.
    bytes.push(...(atStart && piece[0] === 0x20 ? piece.subarray(1) : piece));
    atStart = false;
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
