import type { ProblemData, QuadraticData } from '../convex/problem/data.js';
import { distance, weightOf, type Subject } from './subject.js';
import type { NotApplicable } from './theorem.js';

/** What the smooth and strongly convex versions of A and X need. */
export interface SmoothConstants {
  readonly D0: number;
  /** max L_i of the objectives drawn by ALRIGHT. */
  readonly largestSmoothness: number;
  /** λ L_DPO + (1 − λ) L_SFT. */
  readonly meanSmoothness: number;
  /** λ μ_DPO + (1 − λ) μ_SFT. */
  readonly mu: number;
  /** σ*² = λ‖∇f_DPO(θ_λ*)‖² + (1 − λ)‖∇f_SFT(θ_λ*)‖². */
  readonly sigma: number;
  /** √(λ ν_DPO² + (1 − λ) ν_SFT²): the additive noise of ALRIGHT's step. */
  readonly drawnNoise: number;
  /** √(λ² ν_DPO² + (1 − λ)² ν_SFT²): that of Mix. */
  readonly mixedNoise: number;
}

/** The constants of a pair with smooth objectives and additive noise, or why there are none. */
export function smoothConstants(subject: Subject): SmoothConstants | NotApplicable {
  const { bounds, lambda, pair, weightedSum } = subject;
  const { dpo, sft } = bounds;
  if (dpo.noise === undefined || sft.noise === undefined)
    return { reason: 'the gradient noise of minibatches is not additive' };
  if (!(dpo.smoothness < Infinity && sft.smoothness < Infinity)) return { reason: 'no smoothness constant is known' };
  const weights = weightOf(subject);
  const gradient = new Float64Array(pair.dimension);
  const squaredSlope = (name: 'dpo' | 'sft'): number => {
    pair.objectives[name].gradient(weightedSum.minimizer, gradient);
    return gradient.reduce((sum, entry) => sum + entry * entry, 0);
  };
  return {
    D0: distance(pair.start, weightedSum.minimizer),
    largestSmoothness: Math.max(lambda > 0 ? dpo.smoothness : 0, lambda < 1 ? sft.smoothness : 0),
    meanSmoothness: weights.dpo * dpo.smoothness + weights.sft * sft.smoothness,
    mu: weights.dpo * dpo.strongConvexity + weights.sft * sft.strongConvexity,
    sigma: Math.sqrt(weights.dpo * squaredSlope('dpo') + weights.sft * squaredSlope('sft')),
    drawnNoise: Math.sqrt(weights.dpo * dpo.noise + weights.sft * sft.noise),
    mixedNoise: Math.sqrt(weights.dpo ** 2 * dpo.noise + weights.sft ** 2 * sft.noise),
  };
}

/** The quadratics of a subject on R^d, whose moments are exact; undefined for every other. */
export function freeQuadratics({ problem }: Subject): QuadraticData | undefined {
  const data: ProblemData | undefined = problem?.data;
  return data?.kind === 'quadratic' && data.radius === Infinity ? data : undefined;
}

/** The quadratics of a subject on R^d with μ > 0 and their constants, or why the strongly convex versions do not apply. */
export function stronglyConvexQuadratics(
  subject: Subject,
): { readonly data: QuadraticData; readonly smooth: SmoothConstants } | NotApplicable {
  const data = freeQuadratics(subject);
  if (data === undefined) return notFreeQuadratic;
  const smooth = smoothConstants(subject);
  if ('reason' in smooth) return smooth;
  return smooth.mu === 0 ? { reason: 'no modulus of strong convexity is known' } : { data, smooth };
}

/** Said of a subject whose expectations the recursion of the moments does not give. */
export const notFreeQuadratic: NotApplicable = { reason: 'exact moments need quadratics on R^d' };
