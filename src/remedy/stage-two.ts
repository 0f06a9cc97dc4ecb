import { minimize } from '../convex/optimum/minimize.js';
import { minimizeQuadratic } from '../convex/optimum/minimize-quadratic.js';
import { weightedFunction } from '../convex/optimum/weighted-function.js';
import { minimizeWeightedSum, paretoFront, type WeightedSumMinimum } from '../convex/optimum/weighted-sum.js';
import type { QuadraticObjectiveData } from '../convex/problem/data.js';
import type { ConvexFunction } from '../convex/problem/problem.js';
import { certifiedLimit, type Limit, type NoLimit } from './limit.js';
import type { AddedTerm } from './remedy.js';
import { once, type Setup } from './setup.js';

/** A function that stage two adds to its objective, with what its certificate needs. */
export interface AddedFunction {
  readonly function: ConvexFunction;
  /** A modulus of strong convexity of it. */
  readonly modulus: number;
  /** Its numbers, where it is a quadratic. */
  readonly quadratic?: Pick<QuadraticObjectiveData, 'hessian' | 'minimizer'>;
}

/** A term of stage two; undefined where its weight is infinite, so that nothing moves. */
export function termOf(weight: number, added: AddedTerm['function']): AddedTerm | undefined {
  return weight < Infinity ? { weight, function: added } : undefined;
}

/** The limit of a stage two on its objective plus `weight` times a function: a weighted sum of the two, certified. */
export function limitWithTerm(
  { problem, second, stageOne }: Setup,
  weight: number,
  added: AddedFunction,
  start = stageOne,
): Limit | NoLimit {
  if (weight === Infinity) return { minimizer: stageOne, certificate: 0 };
  const { data, dimension, radius } = problem;
  const objective = problem.objectives[second];
  // f + κq is (1 + κ) times the sum of the two with the weights 1/(1 + κ) and κ/(1 + κ).
  const share = 1 / (1 + weight);
  const pair = { dimension, objectives: { dpo: objective, sft: added.function } };
  const f = weightedFunction(pair, share);
  const minimum =
    data.kind === 'quadratic' && added.quadratic !== undefined
      ? minimizeQuadratic(
          {
            ...data,
            objectives: { dpo: data.objectives[second], sft: { ...added.quadratic, noise: 0, valueNoise: 0 } },
          },
          share,
          f,
          start,
        )
      : minimize(f, {
          start,
          radius,
          modulus: (share * objective.constants.strongConvexity + (1 - share) * added.modulus) * (1 - 1e-12),
          nonsmooth: data.kind === 'expression',
        });
  return certifiedLimit(f, { ...minimum, certificate: minimum.certificate * (1 + weight) }, radius);
}

/** Certified minimisers of F_λ for λ = 1/16 … 15/16, which several curves go through. */
export function frontPoints(setup: Setup): readonly WeightedSumMinimum[] {
  return once(setup, 'front points', () =>
    paretoFront(
      setup.problem,
      Array.from({ length: 15 }, (_, i) => (i + 1) / 16),
    ),
  );
}

/** The limit of a remedy that minimises the weighted sum with the share `lambda` of DPO. */
export function limitOfWeightedSum(setup: Setup, lambda: number, start = setup.stageOne): Limit | NoLimit {
  const { problem, optima } = setup;
  const known = [optima.weightedSum, optima.ideal.dpo, optima.ideal.sft].find((point) => point.lambda === lambda);
  const ofGrid = known === undefined && Number.isInteger(16 * lambda) ? frontPoints(setup)[16 * lambda - 1] : undefined;
  const minimum = known ?? ofGrid ?? minimizeWeightedSum(problem, lambda, start);
  return certifiedLimit(weightedFunction(problem, lambda), minimum, problem.radius);
}
