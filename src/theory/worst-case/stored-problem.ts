import * as z from 'zod';
import { checked } from '../../base/checked.js';
import { InputError } from '../../base/input-error.js';
import { parseJson } from '../../base/json-file.js';
import { replay, type Replay } from './replay.js';
import { worstCaseQuestion, type WorstCaseSettings } from './settings.js';
import type { WorstProblem } from './worst-problem.js';

const vector = z.array(z.number()).min(1);
const worstFunction = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('piecewise-linear'),
    pieces: z.array(z.strictObject({ gradient: vector, offset: z.number() })).min(1),
  }),
  z.strictObject({
    kind: z.literal('smooth-interpolant'),
    smoothness: z.number().positive(),
    points: z.array(z.strictObject({ center: vector, value: z.number() })).min(1),
  }),
]);
const worstProblem = z.strictObject({
  kind: z.literal('worst-case'),
  objectives: z.strictObject({ dpo: worstFunction, sft: worstFunction }),
  start: vector,
  comparator: vector,
  ideal: z.strictObject({ dpo: z.number(), sft: z.number() }).optional(),
});

/** Runs a schedule on a worst problem stored in a file; throws an InputError where the file holds none. */
export function replayStored(file: string, settings: WorstCaseSettings): Replay {
  const problem = readWorstProblem(file);
  const question = worstCaseQuestion(settings);
  return replay(
    problem,
    question.schedule,
    problem.ideal === undefined ? question.settings : { ...question.settings, ideal: problem.ideal },
    question.stepSizes,
    question.iterate,
    question.gap,
  );
}

function readWorstProblem(file: string): WorstProblem {
  const { ideal, ...rest } = checked(worstProblem, parseJson(file), { place: file });
  const dimension = rest.start.length;
  const vectors = [rest.comparator, ...Object.values(rest.objectives).flatMap(vectorsOf)];
  const odd = vectors.find(({ length }) => length !== dimension);
  if (odd !== undefined)
    throw new InputError(`${file}: start`, dimension, `vectors of one length (one has ${odd.length})`);
  return { ...rest, ...(ideal === undefined ? {} : { ideal }) };
}

function vectorsOf(f: z.infer<typeof worstFunction>): number[][] {
  return f.kind === 'piecewise-linear'
    ? f.pieces.map(({ gradient }) => gradient)
    : f.points.map(({ center }) => center);
}
