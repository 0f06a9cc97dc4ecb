import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/base/input-error.js';
import { checkProblemFile, problemJsonSchema } from '../../../src/convex/problem/format.js';
import { parseProblem } from '../../../src/convex/problem/parse.js';
import { readProblem } from '../../../src/convex/problem/read.js';
import { exampleProblems } from './example-problems.js';

const quadratic = {
  kind: 'quadratic',
  objectives: {
    dpo: {
      hessian: [
        [2, 1],
        [1, 2],
      ],
      minimizer: [1, 0],
      noise: 0.3,
    },
    sft: {
      hessian: [
        [1, 0],
        [0, 0],
      ],
      minimizer: [0, 1],
    },
  },
  start: [0, 0],
};
const logLinear = {
  kind: 'log-linear',
  dimension: 2,
  beta: 0.7,
  reference: [0, 0],
  radius: 3,
  start: [0, 0],
  sft: [
    {
      candidates: [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
      target: 2,
    },
  ],
  dpo: [{ chosen: [1, 0], rejected: [0, 1] }],
};
const expression = {
  kind: 'expression',
  variables: ['x', 'y'],
  objectives: { dpo: '(x-1)^2 + y^2', sft: 'log(1+exp(-x)) + x^2/10' },
  radius: 2,
  start: [0, 0],
};

type Json = Record<string, unknown>;

/** A copy with the value at a path (keys apart by a dot) replaced; undefined removes it. */
function changed(file: Json, path: string, value: unknown): Json {
  const copy = structuredClone(file);
  const keys = path.split('.');
  const parent = keys.slice(0, -1).reduce<Json>((at, key) => at[key] as Json, copy);
  const last = keys[keys.length - 1];
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return copy;
}

test.each(exampleProblems)('%s is accepted, as is its JSON', async (_name, file) => {
  const problem = await parseProblem(JSON.parse(JSON.stringify(file)));
  expect(problem.data.kind).toBe(file.kind);
  expect(problem.start).toHaveLength(problem.dimension);
});

test('defaults: no noise, no ball', async () => {
  const problem = await parseProblem(quadratic);
  expect(problem.radius).toBe(Infinity);
  expect(problem.objectives.sft.valueNoise).toBe(0);
  expect(checkProblemFile(quadratic)).toMatchObject({ objectives: { sft: { noise: 0, valueNoise: 0 } } });
});

describe('the first wrong field is named with its value', () => {
  test.each<[string, unknown, string]>([
    ['no problem at all', 7, 'problem: got 7'],
    ['null', null, 'problem: got null'],
    ['no kind', {}, 'kind: got nothing, expected "quadratic", "log-linear", "expression"'],
    ['an unknown kind', { kind: 'cubic' }, 'kind: got "cubic", expected "quadratic"'],
    ['an unknown field', changed(quadratic, 'radios', 4), 'radios: got 4, expected no field of this name'],
    ['a start too short', changed(quadratic, 'start', [0]), 'got [1,0], expected 1 entry, not 2'],
    ['an empty start', changed(quadratic, 'start', []), 'start: got []'],
    [
      'a missing minimiser',
      changed(quadratic, 'objectives.dpo.minimizer', undefined),
      'objectives.dpo.minimizer: got nothing',
    ],
    ['NaN', changed(quadratic, 'objectives.dpo.minimizer', [NaN, 0]), 'objectives.dpo.minimizer[0]: got NaN'],
    ['infinity', changed(quadratic, 'start', [0, Infinity]), 'start[1]: got Infinity'],
    ['null for a number', changed(quadratic, 'start', [0, null]), 'start[1]: got null'],
    ['a negative noise', changed(quadratic, 'objectives.dpo.noise', -1), 'objectives.dpo.noise: got -1'],
    ['a radius of 0', changed(quadratic, 'radius', 0), 'radius: got 0'],
    [
      'a Hessian with a row too few',
      changed(quadratic, 'objectives.sft.hessian', [[1, 0]]),
      'objectives.sft.hessian: got [[1,0]], expected 2 entries, not 1',
    ],
    [
      'a ragged Hessian',
      changed(quadratic, 'objectives.sft.hessian', [[1, 0], [0]]),
      'objectives.sft.hessian[1]: got [0], expected 2 entries, not 1',
    ],
    [
      'an asymmetric Hessian',
      changed(quadratic, 'objectives.sft.hessian', [
        [1, 0.5],
        [0, 1],
      ]),
      'objectives.sft.hessian[1][0]: got 0, expected a symmetric matrix; [0][1] is 0.5',
    ],
    [
      'an indefinite Hessian',
      changed(quadratic, 'objectives.sft.hessian', [
        [1, 2],
        [2, 1],
      ]),
      'objectives.sft.hessian: got [[1,2],[2,1]], expected a positive semidefinite matrix; it has eigenvalue -',
    ],
    [
      'a negative curvature',
      changed(quadratic, 'objectives.sft.hessian', [
        [1, 0],
        [0, -1e-6],
      ]),
      'it has eigenvalue -0.000001',
    ],
    [
      'a start outside the ball',
      { ...changed(quadratic, 'radius', 1), start: [3, 4] },
      'start: got [3,4], expected a point in the ball of radius 1 (its norm is 5)',
    ],
    ['no radius of a log-linear pair', changed(logLinear, 'radius', undefined), 'radius: got nothing'],
    ['beta 0', changed(logLinear, 'beta', 0), 'beta: got 0'],
    [
      'SimPO',
      changed(logLinear, 'preferenceLoss', 'simpo'),
      'preferenceLoss: got "simpo", expected "dpo", "cdpo", "ipo"',
    ],
    ['cDPO without smoothing', changed(logLinear, 'preferenceLoss', 'cdpo'), 'label-smoothing: got nothing'],
    [
      'smoothing without cDPO',
      changed(logLinear, 'labelSmoothing', 0.1),
      'label-smoothing: got 0.1, expected it to be left out',
    ],
    ['dimension 1.5', changed(logLinear, 'dimension', 1.5), 'dimension: got 1.5'],
    ['a short reference', changed(logLinear, 'reference', [0]), 'reference: got [0], expected 2 entries, not 1'],
    [
      'a target beyond the candidates',
      changed(logLinear, 'sft.0.target', 3),
      'sft[0].target: got 3, expected an index below the 3 candidates',
    ],
    ['a negative target', changed(logLinear, 'sft.0.target', -1), 'sft[0].target: got -1'],
    ['no SFT examples', changed(logLinear, 'sft', []), 'sft: got []'],
    [
      'a long candidate',
      changed(logLinear, 'sft.0.candidates.1', [0, 1, 2]),
      'sft[0].candidates[1]: got [0,1,2], expected 2 entries, not 3',
    ],
    ['text among features', changed(logLinear, 'dpo.0.chosen', [1, '0']), 'dpo[0].chosen[1]: got "0"'],
    [
      'a short rejected reply',
      changed(logLinear, 'dpo.0.rejected', [1]),
      'dpo[0].rejected: got [1], expected 2 entries, not 1',
    ],
    ['a variable twice', changed(expression, 'variables', ['x', 'x']), 'variables: got "x", expected every name once'],
    [
      'a variable that is no name',
      changed(expression, 'variables', ['x', 'y+']),
      'variables[1]: got "y+", expected a name',
    ],
    [
      'neither radius nor modulus',
      changed(expression, 'radius', undefined),
      'radius: got nothing, expected a positive radius, or a positive strongConvexity of both objectives',
    ],
  ])('%s', async (_name, json, message) => {
    const refusal = await parseProblem(json).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refusal).toBeInstanceOf(InputError);
    expect((refusal as InputError).message).toContain(message);
    expect((refusal as InputError).message).not.toContain('\n');
  });
});

test('rounding of a singular Hessian is allowed on a ball, and refused on R^d, where there is then no minimum', async () => {
  const v = [0.1, 0.7, -0.3];
  const hessian = v.map((a) => v.map((b) => a * b));
  const objective = { hessian, minimizer: [0, 0, 0] };
  const file = { kind: 'quadratic', objectives: { dpo: objective, sft: objective }, start: [1, 1, 1] };
  const problem = await parseProblem({ ...file, radius: 2 });
  expect(problem.objectives.dpo.constants.strongConvexity).toBeLessThan(1e-15);
  await expect(parseProblem(file)).rejects.toThrow('expected a positive semidefinite matrix, or a radius');
  // Products of small whole numbers are exact, and so is the decision.
  const whole = [1, 7, -3].map((a) => [1, 7, -3].map((b) => a * b));
  const exact = { hessian: whole, minimizer: [0, 0, 0] };
  await parseProblem({ ...file, objectives: { dpo: exact, sft: exact } });
});

test('a file that is absent or no JSON is named', async () => {
  await expect(readProblem('/absent/problem.json')).rejects.toThrow('/absent/problem.json: got "no such file"');
  const source = new URL('./format.test.ts', import.meta.url).pathname;
  expect(await readFile(source, 'utf8')).toContain('absent');
  await expect(readProblem(source)).rejects.toThrow('expected JSON');
});

test('the JSON Schema names the three kinds and what they require', () => {
  const { oneOf, anyOf } = problemJsonSchema() as Record<string, Json[] | undefined>;
  const kinds = oneOf ?? anyOf ?? [];
  const required = kinds.map(({ properties, required }) => [
    (properties as Record<string, Json>)['kind']['const'],
    (required as string[]).includes('radius'),
  ]);
  expect(required).toEqual([
    ['quadratic', false],
    ['log-linear', true],
    ['expression', false],
  ]);
});
