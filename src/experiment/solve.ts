import { idealPoint, paretoFront } from '../optimum/weighted-sum.js';
import { createProblem } from '../problem/create.js';
import type { ProblemData } from '../problem/data.js';
import { measuresOf } from '../simulate/measures.js';
import { certifiedOptima } from '../simulate/optima.js';
import type { FrontPoint, Landmark, Landmarks } from './landmarks.js';

/** Plain data for a worker. */
export interface LandmarksTask {
  readonly data: ProblemData;
  readonly lambda: number;
}

/** Plain data for a worker. */
export interface FrontTask {
  readonly data: ProblemData;
  readonly lambdas: readonly number[];
}

/** Solves for every landmark of a problem. */
export async function landmarks({ data, lambda }: LandmarksTask): Promise<Landmarks> {
  const problem = await createProblem(data);
  const { ideal, weightedSum, weightedMax, values: optima } = certifiedOptima(problem, lambda, idealPoint(problem));
  const landmark = (found: { minimizer: Float64Array; certificate: number; dpo: number; sft: number }): Landmark => ({
    point: Array.from(found.minimizer),
    measures: measuresOf(found, optima),
    certificate: found.certificate,
  });
  return {
    optima,
    weightedSum: landmark(weightedSum),
    weightedMax: landmark(weightedMax),
    dpo: landmark(ideal.dpo),
    sft: landmark(ideal.sft),
  };
}

/** Solves for points of the Pareto front. */
export async function front({ data, lambdas }: FrontTask): Promise<FrontPoint[]> {
  const problem = await createProblem(data);
  return paretoFront(problem, lambdas).map(({ lambda, dpo, sft, certificate }) => ({ lambda, dpo, sft, certificate }));
}
