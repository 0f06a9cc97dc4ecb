import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';

/** A file open for reading at positions. */
export interface OpenFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** `length` bytes from `position`, in an aligned buffer of their own, or in the place that is given. */
  read(position: number, length: number, into?: Uint8Array): Uint8Array;
  close(): void;
}

// One read call of Node takes less than 2 GiB.
const largestRead = 2 ** 30;

/**
 * Opens a file whose parts are read when needed, so that a checkpoint is never in memory twice.
 * @throws InputError naming the file when it cannot be opened, or ends before what is read
 */
export function openFile(path: string): OpenFile {
  let descriptor: number;
  try {
    // A FIFO is refused below; opened as files are, it would wait for a writer.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw fileRefusal(path, error, 'a file that can be read');
  }
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) {
    closeSync(descriptor);
    const got = stats.isDirectory() ? 'a folder' : 'a FIFO or a device';
    throw new InputError(path, got, 'a file that can be read at any position');
  }
  const { size } = stats;
  return {
    path,
    size,
    read: (position, length, bytes = new Uint8Array(length)) => {
      for (let done = 0; done < length;) {
        const count = readSync(descriptor, bytes, done, Math.min(length - done, largestRead), position + done);
        if (count === 0) {
          throw new InputError(path, `a file of ${size} bytes`, `at least ${position + length} bytes: it is cut off`);
        }
        done += count;
      }
      return bytes;
    },
    close: () => {
      closeSync(descriptor);
    },
  };
}
