import { requireFieldsOnce } from '../../base/fields-once.js';
import { InputError } from '../../base/input-error.js';
import { readText } from '../../base/read-whole.js';
import { parseProblem } from './parse.js';
import type { Problem } from './problem.js';

/** The problem in a problem file; throws an InputError naming the file or the field that is wrong. */
export async function readProblem(path: string): Promise<Problem> {
  return (await readProblemFile(path)).problem;
}

/** The problem in a problem file, with the file's text. */
export async function readProblemFile(path: string): Promise<{ problem: Problem; text: string }> {
  const text = readText(path, 'a problem file that can be read');
  return { problem: await parseProblem(parseJson(path, text)), text };
}

function parseJson(path: string, text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError('problem file', path, `JSON (${(error as Error).message})`);
  }
  requireFieldsOnce(text, path);
  return value;
}
