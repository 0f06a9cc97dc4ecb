import type { ProblemFile } from '../src/convex/problem/format.js';
import { stream } from '../src/base/random-stream.js';

/** f_DPO = ½(θ − 1)², f_SFT = ½(θ + 1)²: Sequential's limit is known in closed form. */
export function closedFormFile(noise = 0, start = 0): ProblemFile {
  const objective = (minimizer: number) => ({ hessian: [[1]], minimizer: [minimizer], noise });
  return { kind: 'quadratic', objectives: { dpo: objective(1), sft: objective(-1) }, start: [start] };
}

/** Two quadratics in the plane whose Hessians do not commute. */
export function planeFile(more: { radius?: number; noise?: number } = {}): ProblemFile {
  const { noise = 0.3, ...rest } = more;
  return {
    kind: 'quadratic',
    objectives: {
      dpo: {
        hessian: [
          [2, 0.5],
          [0.5, 1],
        ],
        minimizer: [1, 0.5],
        noise,
      },
      sft: {
        hessian: [
          [0.6, -0.3],
          [-0.3, 1.5],
        ],
        minimizer: [-1, 0],
        noise: noise / 2,
      },
    },
    start: [0.2, -0.4],
    ...rest,
  };
}

/** A seeded log-linear pair of Gaussian features. */
export function logLinearFile({ dimension = 3, candidates = 4, examples = 12, seed = 0 } = {}): ProblemFile {
  const { normal, integer } = stream(seed, 'test-log-linear');
  const feature = (): number[] => Array.from({ length: dimension }, () => normal());
  return {
    kind: 'log-linear',
    dimension,
    beta: 0.7,
    reference: feature().map((entry) => entry / 10),
    radius: 3,
    start: feature().map((entry) => entry / 4),
    sft: Array.from({ length: examples }, () => ({
      candidates: Array.from({ length: candidates }, feature),
      target: integer(candidates),
    })),
    dpo: Array.from({ length: examples }, () => ({ chosen: feature(), rejected: feature() })),
  };
}

/** A pair of expressions with noise. */
export function expressionFile(): ProblemFile {
  return {
    kind: 'expression',
    variables: ['x', 'y'],
    objectives: { dpo: '(x-1)^2 + y^2', sft: 'log(1+exp(-x)) + x^2/10' },
    noise: { dpo: 0.1, sft: 0.2 },
    radius: 3,
    start: [0, 0],
  };
}
