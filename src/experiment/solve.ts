import { idealPoint, minimizeWeightedSum, paretoFront } from '../convex/optimum/weighted-sum.js';
import { createProblem } from '../convex/problem/create.js';
import { measuresOf } from '../convex/simulate/measures.js';
import { certifiedOptima } from '../convex/simulate/optima.js';
import type {
  FrontPoint,
  FrontTask,
  ReferenceOptimum,
  ReferenceOptima,
  ReferenceOptimaTask,
} from './reference-optima.js';

/** Solves for every reference optimum of a problem. */
export async function referenceOptima({ data, lambda }: ReferenceOptimaTask): Promise<ReferenceOptima> {
  const problem = await createProblem(data);
  const { ideal, weightedSum, chebyshev, values: optima } = certifiedOptima(problem, lambda, idealPoint(problem));
  const referenceOptimum = (found: {
    minimizer: Float64Array;
    certificate: number;
    dpo: number;
    sft: number;
  }): ReferenceOptimum => ({
    point: Array.from(found.minimizer),
    measures: measuresOf(found, optima),
    certificate: found.certificate,
  });
  return {
    optima,
    weightedSum: referenceOptimum(weightedSum),
    chebyshev: referenceOptimum(chebyshev),
    dpo: referenceOptimum(ideal.dpo),
    sft: referenceOptimum(ideal.sft),
  };
}

/**
 * Solves for points of the Pareto front: those of the given λ, then always one between the two neighbours that are
 * farthest apart in objective space, so that a line through the points follows the front.
 */
export async function front({ data, lambdas, count }: FrontTask): Promise<FrontPoint[]> {
  const problem = await createProblem(data);
  const points = paretoFront(problem, lambdas);
  const [first, last] = [points[0], points[points.length - 1]];
  const length = (a: FrontPoint, b: FrontPoint): number =>
    Math.hypot((a.dpo - b.dpo) / (first.dpo - last.dpo), (a.sft - b.sft) / (first.sft - last.sft));
  while (points.length < count) {
    let widest = 1;
    for (let i = 2; i < points.length; i++) {
      if (length(points[i - 1], points[i]) > length(points[widest - 1], points[widest])) widest = i;
    }
    const [left, right] = [points[widest - 1], points[widest]];
    points.splice(widest, 0, minimizeWeightedSum(problem, (left.lambda + right.lambda) / 2, left.minimizer));
  }
  return points.map(({ lambda, dpo, sft, certificate }) => ({ lambda, dpo, sft, certificate }));
}
