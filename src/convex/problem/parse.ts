import { createProblem } from './create.js';
import { problemData } from './data.js';
import { checkProblemFile } from './format.js';
import { checkMagnitude } from './magnitude.js';
import type { Problem } from './problem.js';

/** The problem in a parsed problem file, every check made; throws an InputError naming the field that is wrong. */
export async function parseProblem(json: unknown): Promise<Problem> {
  const data = problemData(checkProblemFile(json));
  checkMagnitude(data);
  return createProblem(data, { checkConvexity: true });
}
