import type { ObjectiveName } from '../schedule/schedule.js';
import { freeQuadratics } from './free-quadratics.js';
import { isSubject, weightOf, type Setting } from './subject.js';
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

/** The constants of quadratics on R^d, whose noise is additive, or why there are none. */
export function smoothConstants(setting: Setting): SmoothConstants | NotApplicable {
  if (!isSubject(setting) || freeQuadratics(setting) === undefined) return notFreeQuadratic;
  const { bounds, lambda, pair, weightedSum, distances } = setting;
  const { dpo, sft } = bounds;
  if (dpo.noise === undefined || sft.noise === undefined)
    return { reason: 'the gradient noise of minibatches is not additive' };
  const weights = weightOf(setting);
  const gradient = new Float64Array(pair.dimension);
  const squaredSlope = (name: ObjectiveName): number => {
    pair.objectives[name].gradient(weightedSum.minimizer, gradient);
    return gradient.reduce((sum, entry) => sum + entry * entry, 0);
  };
  return {
    D0: distances.weightedSum,
    largestSmoothness: Math.max(lambda > 0 ? dpo.smoothness : 0, lambda < 1 ? sft.smoothness : 0),
    meanSmoothness: weights.dpo * dpo.smoothness + weights.sft * sft.smoothness,
    mu: weights.dpo * dpo.strongConvexity + weights.sft * sft.strongConvexity,
    sigma: Math.sqrt(weights.dpo * squaredSlope('dpo') + weights.sft * squaredSlope('sft')),
    drawnNoise: Math.sqrt(weights.dpo * dpo.noise + weights.sft * sft.noise),
    mixedNoise: Math.sqrt(weights.dpo ** 2 * dpo.noise + weights.sft ** 2 * sft.noise),
  };
}

/** The same where F_λ is strongly convex. */
export function stronglyConvex(setting: Setting): SmoothConstants | NotApplicable {
  const smooth = smoothConstants(setting);
  if ('reason' in smooth) return smooth;
  return smooth.mu === 0 ? { reason: 'no modulus of strong convexity is known' } : smooth;
}

/** Said of a subject whose expectations the recursion of the moments does not give. */
export const notFreeQuadratic: NotApplicable = { reason: 'exact moments need quadratics on R^d' };
