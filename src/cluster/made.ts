import { statSync } from 'node:fs';
import { digestOf } from '../base/digest.js';
import { readKept, writeKept } from '../base/kept-file.js';
import { readWhole } from '../base/read-whole.js';

/** Says in a file that something has been made, with the digests of the files that it consists of. */
export async function writeMade(mark: string, files: readonly string[] = []): Promise<void> {
  const digests = files.map((file) => [file, digestOf(readWhole(file))]);
  await writeKept(mark, JSON.stringify(digests));
}

/** Whether what a file says has been made is there as it was. */
export function isMade(mark: string): boolean {
  const text = readKept(mark);
  if (text === undefined) return false;
  return (JSON.parse(text) as [string, string][]).every(
    ([file, digest]) =>
      statSync(file, { throwIfNoEntry: false })?.isFile() === true && digestOf(readWhole(file)) === digest,
  );
}
