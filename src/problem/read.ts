import { readFile } from 'node:fs/promises';
import { InputError } from '../input-error.js';
import { createProblem } from './create.js';
import { problemData } from './data.js';
import { checkProblemFile } from './format.js';
import type { Problem } from './problem.js';

/** The problem in a problem file; throws an InputError naming the file or the field that is wrong. */
export async function readProblem(path: string): Promise<Problem> {
  return parseProblem(await readJson(path));
}

/** The problem in a parsed problem file, every check made; throws an InputError naming the field that is wrong. */
export async function parseProblem(json: unknown): Promise<Problem> {
  return createProblem(problemData(checkProblemFile(json)), { checkConvexity: true });
}

/** The JSON value in a file; throws an InputError naming the file where it cannot be read or is no JSON. */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError('problem file', path, `a file that can be read (${(error as Error).message})`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new InputError('problem file', path, `JSON (${(error as Error).message})`);
  }
}
