import { isSubject, type Setting } from './subject.js';
import type { NotApplicable } from './theorem.js';

/** p: how often a bound that holds with high probability may be exceeded, in trials. */
export const probability = 0.05;

/** E·G·√(2 log(1/p)/T): by how much the mean of a martingale's differences, each in an interval of length 2EG, exceeds 0 with probability p at most. */
export function martingaleError({ E, G, T }: Record<'E' | 'G' | 'T', number>): number {
  return E * G * Math.sqrt((2 * Math.log(1 / probability)) / T);
}

/** The largest distance of a point of the ball from θ_λ*. */
export function farthestFrom(setting: Setting): number {
  return setting.radius + (isSubject(setting) ? Math.hypot(...setting.weightedSum.minimizer) : Infinity);
}

/** Why no bound on the gradients holds surely over a ball, where none does. */
export function silentAlmostSurely(setting: Setting): NotApplicable | undefined {
  const { bounds, radius } = setting;
  if (!isSubject(setting) || !(radius < Infinity)) return { reason: 'it needs a ball' };
  const gaussian = [bounds.dpo, bounds.sft].some(({ noise, valueDeviation }) => (noise ?? 0) > 0 || valueDeviation > 0);
  return gaussian ? { reason: 'Gaussian noise has no bound that holds surely' } : undefined;
}
