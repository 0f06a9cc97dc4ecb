import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';

/** The name under which a safetensors file's metadata hold the SHA-256 of the file, and what stands there meanwhile. */
export const digestField = { sha256: '0'.repeat(64) } as const;

/** Bytes before the digest: the header's length, and the header's beginning where the digest comes first in it. */
const beginning = '{"__metadata__":{"sha256":"';
export const digestPosition = 8 + beginning.length;

/** The hash of a file of ours, in which the digest itself counts as zeros. */
export function fileHash(): Hash {
  return createHash('sha256');
}

/**
 * Checks that a safetensors file is to the byte what was written.
 * @param shown the path that a refusal names
 * @throws InputError where it is not
 */
export async function checkDigest(path: string, shown = path): Promise<void> {
  const hash = fileHash();
  const end = digestPosition + digestField.sha256.length;
  let start = Buffer.alloc(0);
  let known = '';
  try {
    for await (const piece of createReadStream(path)) {
      if (known !== '') {
        hash.update(piece as Buffer);
        continue;
      }
      start = Buffer.concat([start, piece as Buffer]);
      if (start.length < end) continue;
      known = start.toString('latin1', digestPosition, end);
      start.write(digestField.sha256, digestPosition, 'latin1');
      hash.update(start);
    }
  } catch (error) {
    throw fileRefusal(shown, error, 'a file that can be read');
  }
  if (start.toString('latin1', 8, digestPosition) !== beginning) {
    throw new InputError(shown, 'no digest in its header', 'a checkpoint of this version: it is damaged');
  }
  const found = hash.digest('hex');
  if (found !== known) throw new InputError(shown, `sha256 ${found}`, `${known}, as it was written: it is damaged`);
}
