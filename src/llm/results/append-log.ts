import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import * as z from 'zod';
import { fileRefusal } from '../../base/file-refusal.js';

/** How far a file had come: so many bytes, with this SHA-256. */
export const fileMarkSchema = z.object({
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits'),
});
export type FileMark = z.infer<typeof fileMarkSchema>;

/** A file that only grows. */
export interface AppendLog {
  append(content: Uint8Array | string): void;
  /** Brings what was appended to the disk, and says how far it has come: what a checkpoint vouches for. */
  mark(): FileMark;
  close(): void;
}

/** Opens a file for appending to what it holds; throws an InputError where it cannot be written. */
export function openAppendLog(path: string): AppendLog {
  const refused = (error: unknown): Error => fileRefusal(path, error, 'a file that can be written');
  const hash = createHash('sha256');
  let [descriptor, bytes] = [0, 0];
  try {
    const found = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    hash.update(found);
    bytes = found.length;
    descriptor = openSync(path, 'a');
  } catch (error) {
    throw refused(error);
  }
  return {
    append: (content) => {
      const piece = Buffer.from(content);
      try {
        for (let done = 0; done < piece.length;) done += writeSync(descriptor, piece, done);
      } catch (error) {
        throw refused(error);
      }
      hash.update(piece);
      bytes += piece.length;
    },
    mark: () => {
      try {
        fsyncSync(descriptor);
      } catch (error) {
        throw refused(error);
      }
      return { bytes, sha256: hash.copy().digest('hex') };
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}
