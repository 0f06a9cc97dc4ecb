import { closedForm } from '../../convex/generate/closed-form.js';
import { logLinear } from '../../convex/generate/log-linear.js';
import { quadratic } from '../../convex/generate/quadratic.js';
import type { ProblemFile } from '../../convex/problem/format.js';
import { parseProblem } from '../../convex/problem/parse.js';
import { maxOfCoordinates } from '../max-of-coordinates.js';
import { sharedBatchPair } from './shared-batch-pair.js';
import { problemSubject, type Subject } from '../subject.js';

/** The problems that statements are checked on, by name; values of λ follow `lambdas`. */
const files: Readonly<Record<string, () => ProblemFile>> = {
  'closed-form': () => closedForm({ noise: 0.3 }),
  'closed-form-ball': () => ({ ...closedForm({ noise: 0.3, start: -1.5 }), radius: 2 }),
  'plane-ball': () => quadratic({ dimension: 2, condition: 10, radius: 3, start: [-2, 1] }),
  'plane-free': () => quadratic({ dimension: 2, condition: 10, noise: 0.3, start: [-2, 1] }),
  singular: singularPair,
  'ten-ball': () => quadratic({ dimension: 10, condition: 1e3, angle: 120, radius: 2, noise: 0.05 }),
  'ten-noisy-values': () =>
    noisyValues(quadratic({ dimension: 10, condition: 30, radius: 2, noise: 0.05, seed: 2 }), 0.05),
  'ten-free': () => quadratic({ dimension: 10, condition: { dpo: 1e2, sft: 1 }, noise: 0.1, seed: 3 }),
  'fifty-free': () => quadratic({ dimension: 50, condition: 1e6, noise: 0.02, seed: 4 }),
  'fifty-ball': () => quadratic({ dimension: 50, condition: 1e4, radius: 0.8, noise: 0.02, seed: 5 }),
  'logistic-line': () => logLinear({ dimension: 1, candidates: 2, examples: 8, conflict: 1, radius: 2, start: [-2] }),
  'logistic-steep': steepLine,
  'log-linear-five': () => logLinear({ dimension: 5, candidates: 4, examples: 24, conflict: 1, radius: 0.5, seed: 1 }),
  'log-linear-ten': () => logLinear({ dimension: 10, examples: 30, conflict: 0, radius: 2, seed: 2 }),
  'log-linear-fifty': () => logLinear({ dimension: 50, candidates: 3, examples: 20, radius: 1, seed: 3 }),
  'expression-line': () => ({
    kind: 'expression',
    variables: ['x'],
    objectives: { dpo: 'log(1+exp(-2*x))', sft: '(x+1)^2/2' },
    noise: { dpo: 0.2, sft: 0.2 },
    radius: 2,
    start: [2],
  }),
  'expression-plane': () => ({
    kind: 'expression',
    variables: ['x', 'y'],
    objectives: { dpo: '(x-1)^2 + y^2', sft: 'sqrt(1 + (x+1)^2 + 2*y^2)' },
    noise: { dpo: 0.1, sft: 0.2 },
    radius: 3,
    start: [0, 2],
  }),
  'plane-exact': () => quadratic({ dimension: 2, condition: 5, radius: 3, noise: 0, start: [-2, 1], seed: 6 }),
};

/** f_DPO = x²/2 has a line of minimisers; Sequential's limit lies above the least F_λ on it. */
function singularPair(): ProblemFile {
  const line = [
    [1, 0],
    [0, 0],
  ];
  const plane = [
    [2, 1],
    [1, 1],
  ];
  return {
    kind: 'quadratic',
    objectives: { dpo: { hessian: line, minimizer: [0, 0] }, sft: { hessian: plane, minimizer: [1, 1] } },
    start: [0, 0],
  };
}

/** Both gradients have nearly their largest norm from the start to the minimiser: close to the worst case. */
function steepLine(): ProblemFile {
  return {
    kind: 'log-linear',
    dimension: 1,
    beta: 1,
    reference: [0],
    radius: 1,
    start: [-1],
    sft: [{ candidates: [[40], [0]], target: 0 }],
    dpo: [{ chosen: [40], rejected: [0] }],
  };
}

function noisyValues(file: ProblemFile, valueNoise: number): ProblemFile {
  if (file.kind !== 'quadratic') throw new Error('value noise is set on quadratics here');
  const { dpo, sft } = file.objectives;
  return { ...file, objectives: { dpo: { ...dpo, valueNoise }, sft: { ...sft, valueNoise } } };
}

/** The name of a problem of the suite, and λ: enough to make the subject again in another thread. */
export interface SubjectKey {
  readonly problem: string;
  readonly lambda: number;
}

const made: Readonly<Record<string, (lambda: number) => Subject>> = {
  ...Object.fromEntries(
    [3, 10, 11, 100, 200].map((n) => [`max-of-${n}-coordinates`, (lambda: number) => maxOfCoordinates(n, lambda)]),
  ),
  'shared-batch': () => sharedBatchPair(),
};

/** Every subject of the suite; the quick one has each problem at one λ or two. */
export function suite(quick: boolean): SubjectKey[] {
  const five = [0.01, 0.25, 0.5, 0.75, 0.99];
  const keys: SubjectKey[] = [];
  Object.keys(files).forEach((problem, i) => {
    const lambdas = quick ? [five[(i * 2 + 1) % 5]] : five;
    const ends = quick ? (problem === 'plane-ball' ? [0] : []) : i % 6 === 2 ? [0, 1] : [];
    for (const lambda of [...lambdas, ...ends]) keys.push({ problem, lambda });
  });
  for (const problem of Object.keys(made)) {
    for (const lambda of problem === 'shared-batch' ? [0.5] : quick ? [0.25] : five) keys.push({ problem, lambda });
  }
  return keys;
}

/** The subject of a key. */
export async function subjectOf({ problem, lambda }: SubjectKey): Promise<Subject> {
  if (Object.hasOwn(made, problem)) return made[problem](lambda);
  if (!Object.hasOwn(files, problem)) throw new Error(`no problem ${problem} in the suite`);
  return problemSubject(problem, await parseProblem(files[problem]()), lambda);
}
