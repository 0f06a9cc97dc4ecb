import { inner, norm } from '../base/vector.js';
import { pointsAround } from './attack/search.js';
import type { Constants } from './constants.js';
import { computed } from './measurement.js';
import { policyDivergence } from './policy.js';
import { distance, type Subject } from './subject.js';
import type { NotApplicable, Trial } from './theorem.js';

/**
 * Trials of what f_SFT loses at points of the ball of a log-linear pair, against the KL from the policy of the end of stage
 * one: f_SFT(θ) − f_SFT*, the constants computed from probabilities alone.
 */
export function forgettingTrials(subject: Subject, seed: number): readonly Trial[] | NotApplicable {
  const { problem, ideal, radius } = subject;
  if (problem?.data.kind !== 'log-linear') return { reason: 'it speaks of log-linear policies' };
  const { rows } = problem.data.sft;
  const { minimizer, certificate } = ideal.sft;
  const sft = problem.objectives.sft;
  const gradient = new Float64Array(problem.dimension);
  const least = sft.gradient(minimizer, gradient);
  const onSphere = norm(minimizer) > radius * (1 - 1e-9);
  const gamma = onSphere ? norm(gradient) : 0;
  // What the gradient is not, of −γθ_S/R on the sphere and of 0 inside.
  const left = norm(gradient.map((entry, i) => entry + (gamma * minimizer[i]) / radius));
  const rounding = certificate + 1e-13 * Math.max(1, Math.abs(least));
  return pointsAround(problem, minimizer, 4, seed).flatMap((theta, i): Trial[] => {
    const r = distance(theta, minimizer);
    const rise = Math.max(0, radius - inner(theta, minimizer) / radius);
    const constants: Constants = { kl: policyDivergence(rows, minimizer, theta), gamma, rise, r, R: radius };
    const loss = sft.value(theta) - least;
    // Losses near rounding say nothing.
    if (loss < 1e3 * rounding) return [];
    const measurement = computed(loss, left * r + rounding);
    return [{ steps: 0, variant: `point ${i + 1}`, constants, measure: () => measurement }];
  });
}
