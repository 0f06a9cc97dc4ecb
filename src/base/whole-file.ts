import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import { digestOf } from './digest.js';
import { fileRefusal } from './file-refusal.js';
import { makeFolder } from './folder.js';
import { InputError } from './input-error.js';
import { otherEndPatience, pause } from './pause.js';
import { blocks } from './text.js';

/** Takes the next bytes of a file. */
export type Write = (bytes: Uint8Array, position?: number) => void;

/** What tells this machine's processes from those of another that writes the same folder: numbers of processes do not. */
const machine = machineNumber();

/** Where a file lies until it is whole: beside its place, under a name of the process and thread that write it. */
export function unfinishedPath(path: string, process: number, thread = 0): string {
  return `${path}.${machine}-${process}-${thread}.unfinished`;
}

const expected = 'a place that can be written';

/**
 * Writes a file whole or not at all, making its folder. What is not a file stays what it is: devices and FIFOs are
 * written through, as are links.
 * @throws InputError where it cannot be written; what was there before stays
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeInPieces(path, (write) => {
    write(typeof content === 'string' ? Buffer.from(content) : content);
  });
}

/** Writes texts one after the other as one file: see `writeWhole`. */
export async function writeTexts(path: string, texts: Iterable<string>): Promise<void> {
  await writeInPieces(path, (write) => {
    for (const block of blocks(texts)) write(Buffer.from(block));
  });
}

/**
 * Writes a file piece by piece: see `writeWhole`. Until it is complete it lies beside its place, under a name of this
 * process and thread.
 * @param fill is given what takes the next bytes, or with a position those from there on again
 */
export async function writeInPieces(path: string, fill: (write: Write) => void | Promise<void>): Promise<void> {
  let unfinished: string | undefined;
  try {
    makeFolder(dirname(path));
    const place = placeOf(path);
    if (place.stream) {
      await fillOpen(openStream(place.path), fill);
      return;
    }
    const mode = statSync(place.path, { throwIfNoEntry: false })?.mode;
    const name = unfinishedPath(place.path, process.pid, threadId);
    const descriptor = openSync(name, 'w');
    unfinished = name;
    await fillOpen(descriptor, async (write) => {
      if (mode !== undefined) fchmodSync(descriptor, mode);
      await fill(write);
      fsyncSync(descriptor);
    });
    renameSync(name, place.path);
  } catch (error) {
    if (unfinished !== undefined) rmSync(unfinished, { force: true });
    throw fileRefusal(path, error, expected);
  }
}

async function fillOpen(descriptor: number, fill: (write: Write) => void | Promise<void>): Promise<void> {
  try {
    await fill((bytes, position) => {
      for (let done = 0; done < bytes.length;) {
        const at = position === undefined ? null : position + done;
        done += writeAvailable(() => writeSync(descriptor, bytes, done, bytes.length - done, at));
      }
    });
  } finally {
    closeSync(descriptor);
  }
}

/** How many bytes could be written: none where a FIFO is full at the moment. */
function writeAvailable(write: () => number): number {
  try {
    return write();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    pause(2);
    return 0;
  }
}

/** Where a path leads, links followed, and whether that is to be written through rather than replaced. */
function placeOf(path: string): { readonly path: string; readonly stream: boolean } {
  // What this process has open, standard output among it: a file in its place would be another one.
  if (/^\/(dev\/(std|fd\/)|proc\/)/.test(resolve(path))) return { path, stream: true };
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { path: endOfLink(path), stream: false };
  if (stats.isFile()) return { path: realpathSync(path), stream: false };
  if (stats.isFIFO() || stats.isCharacterDevice()) return { path, stream: true };
  throw new InputError(path, stats.isDirectory() ? 'a folder' : 'something that is not a file', expected);
}

/** The path that a link to nothing leads to; the path itself where it is no link. */
function endOfLink(path: string): string {
  let end = path;
  for (let links = 0; lstatSync(end, { throwIfNoEntry: false })?.isSymbolicLink() === true; links++) {
    if (links === 40) throw new InputError(path, 'links that lead in a circle', expected);
    end = resolve(realpathSync(dirname(end)), readlinkSync(end));
  }
  return end;
}

/** Opens a device or a FIFO for writing; a FIFO's reader is waited for. */
function openStream(path: string): number {
  const patience = performance.now() + otherEndPatience;
  for (;;) {
    try {
      return openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO' || performance.now() > patience) throw error;
      pause(5);
    }
  }
}

/** A number of the host, and of the set of process numbers where there are several on it, as in containers. */
function machineNumber(): number {
  let processes = '';
  try {
    processes = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Only Linux has several.
  }
  return parseInt(digestOf(`${hostname()} ${processes}`).slice(0, 8), 16);
}
