import { rmSync, statSync } from 'node:fs';
import { digestOf } from './digest.js';
import { fileRefusal } from './file-refusal.js';
import { InputError } from './input-error.js';
import { readText } from './read-whole.js';
import { writeWhole } from './whole-file.js';

/** Keeps a text that can be computed anew as a file: its SHA-256 on the first line, then the text. */
export async function writeKept(path: string, text: string): Promise<void> {
  try {
    // A folder, a FIFO or a link to nothing in the file's place is damage too.
    if (!isFile(path)) rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw fileRefusal(path, error, 'a place that can be written');
  }
  await writeWhole(path, `${digestOf(text)}\n${text}\n`);
}

/** The text that a file keeps; undefined where there is none, or what is there is not what was written. */
export function readKept(path: string): string | undefined {
  if (!isFile(path)) return undefined;
  let content: string;
  try {
    content = readText(path);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
  const start = content.indexOf('\n') + 1;
  const text = content.slice(start, -1);
  return content.endsWith('\n') && content.slice(0, start) === `${digestOf(text)}\n` ? text : undefined;
}

/** Whether a path leads to a file. */
function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    // Links in a circle, or a path through something that is no folder.
    return false;
  }
}
