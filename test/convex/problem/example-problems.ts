import type { ProblemFile } from '../../../src/convex/problem/format.js';
import { logLinear } from '../../../src/convex/generate/log-linear.js';
import { quadratic } from '../../../src/convex/generate/quadratic.js';

/** One problem of every kind, and more of the kinds that have variants. */
export const exampleProblems: [string, ProblemFile][] = [
  ['quadratic', quadratic({ dimension: 4, condition: 50, noise: 0.3, seed: 1 })],
  ['quadratic in a ball', quadratic({ dimension: 3, condition: 1000, radius: 0.7, seed: 2 })],
  ['log-linear', logLinear({ dimension: 4, candidates: 3, examples: { dpo: 9, sft: 7 }, beta: 0.7, seed: 3 })],
  ['log-linear with a reference', logLinear({ dimension: 3, examples: 12, reference: 'random', radius: 3, seed: 4 })],
  [
    'expression',
    {
      kind: 'expression',
      variables: ['x', 'y'],
      objectives: { dpo: '(x-1)^2 + y^2 + x*y', sft: 'log(1+exp(-x)) + x^2/10 + exp(y/3) + sqrt(1+y^2)' },
      radius: 2,
      start: [0.5, -0.5],
    },
  ],
  [
    'log-linear with ipo',
    logLinear({ dimension: 3, examples: 8, preferenceLoss: 'ipo', beta: 0.4, radius: 3, seed: 6 }),
  ],
  [
    'log-linear with cdpo',
    logLinear({
      dimension: 3,
      examples: 8,
      preferenceLoss: 'cdpo',
      beta: 0.8,
      labelSmoothing: 0.2,
      radius: 3,
      seed: 7,
    }),
  ],
];
