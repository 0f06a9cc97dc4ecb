import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { fileRefusal } from '../../base/file-refusal.js';
import { InputError } from '../../base/input-error.js';
import { callParameters, hubRefusal, type Hub, type Wanted } from './hub.js';
import type { HubFile, Listing } from './listing.js';

/**
 * Downloads files of a repository that are not here yet, each whole or not at all: what has come of a file lies beside
 * its place under the name <file>.part until its checksum is right, and a download that was cut off goes on from there.
 * @throws InputError where the network fails, the disk is full, or what came is not what the hub lists
 */
export async function downloadFiles(
  files: readonly HubFile[],
  listing: Listing,
  wanted: Wanted,
  hub: Hub,
): Promise<void> {
  const missing = files.filter((file) => sizeAt(join(listing.folder, file.path)) !== file.size);
  const total = missing.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  for (const file of missing) {
    const onBytes = (bytes: number): void => hub.onProgress?.(before + bytes, total);
    await downloadFile(file, { listing, wanted, hub, onBytes });
    before += file.size;
  }
}

/** What of a file is to be downloaded, from where and to where. */
interface Transfer {
  readonly listing: Listing;
  readonly wanted: Wanted;
  readonly hub: Hub;
  /** Called with the bytes of the file that are here. */
  readonly onBytes: (bytes: number) => void;
}

async function downloadFile(file: HubFile, transfer: Transfer): Promise<void> {
  const path = join(transfer.listing.folder, file.path);
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw fileRefusal(dirname(path), error, 'a folder that can be made');
  });
  const continued = (sizeAt(part) ?? 0) > 0;
  let digest = await appendRest(part, file, transfer);
  // The part may have been damaged, or its server may not give ranges: once more from the beginning.
  if (continued && digest !== file.checksum.digest) {
    await rm(part);
    digest = await appendRest(part, file, transfer);
  }
  if (digest !== file.checksum.digest) {
    await rm(part);
    const { algorithm } = file.checksum;
    const expected = `${algorithm} ${file.checksum.digest}, as the hub lists it: run it again`;
    throw new InputError(`${transfer.wanted.identifier.name}: ${file.path}`, `${algorithm} ${digest}`, expected);
  }
  await rename(part, path);
}

/** Appends what is missing of a file to its part; the digest of all of it. */
async function appendRest(part: string, file: HubFile, transfer: Transfer): Promise<string> {
  const { wanted, hub, listing, onBytes } = transfer;
  const have = sizeAt(part) ?? 0;
  const hash = hashOf(file);
  if (have > 0) for await (const piece of createReadStream(part)) hash.update(piece as Buffer);
  if (have >= file.size && have > 0) return hash.digest('hex');
  try {
    const rest = await openRemote(file, listing, wanted, hub);
    let done = have;
    onBytes(done);
    await pipeline(
      Readable.fromWeb(rest.slice(have).stream() as ReadableStream),
      async function* (pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) {
          hash.update(piece);
          onBytes((done += piece.length));
          yield piece;
        }
      },
      createWriteStream(part, { flags: 'a', flush: true }),
    );
  } catch (error) {
    const refusal = fileRefusal(part, error, 'room for a download');
    throw refusal instanceof InputError ? refusal : hubRefusal(error, wanted, hub);
  }
  return hash.digest('hex');
}

/** The file on the hub, of which any part can be read. */
async function openRemote(
  { path }: HubFile,
  { commit }: Listing,
  { identifier, field }: Wanted,
  hub: Hub,
): Promise<Blob> {
  const { downloadFile: open } = await import('@huggingface/hub');
  const { kind, name } = identifier;
  const blob = await open({
    ...callParameters(hub),
    repo: { type: kind, name },
    revision: commit,
    path,
    // Plain HTTP serves every file and any range of it.
    xet: false,
  });
  if (blob === null) throw new InputError(field, `${name}: ${path}`, `a file that ${hub.url} has`);
  return blob;
}

/** The hash that the hub keeps of a file; git's takes the size first. */
function hashOf({ size, checksum }: HubFile): Hash {
  if (checksum.algorithm === 'sha256') return createHash('sha256');
  return createHash('sha1').update(`blob ${size}\0`);
}

/** A file's size in bytes; undefined where there is none. */
function sizeAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}
