import type { Problem } from '../problem/problem.js';
import type { Pair } from '../../schedule/schedule.js';
import { estimate, type Estimate } from '../../base/statistics.js';
import type { CertifiedOptima } from './optima.js';

/**
 * f_i(θ_j*) − f_i*, i ≠ j: what each objective loses where the other is at its optimum, the units of the normalised ideal
 * distance. Undefined where the objectives are not certified to be in conflict.
 */
export function conflictRanges({ ideal }: CertifiedOptima): Pair | undefined {
  const ranges = { dpo: ideal.sft.dpo - ideal.dpo.value, sft: ideal.dpo.sft - ideal.sft.value };
  return ranges.dpo > ideal.dpo.certificate && ranges.sft > ideal.sft.certificate ? ranges : undefined;
}

/** The distance, in objective space, to the ideal point, with each objective in units of its range. */
export function normalizedIdealDistance({ dpo, sft }: Pair, ideal: Pair, ranges: Pair): number {
  return Math.hypot((dpo - ideal.dpo) / ranges.dpo, (sft - ideal.sft) / ranges.sft);
}

/**
 * E_x KL(π_{θ_S}(·|x) ‖ π_θ(·|x)) in nats, over the prompts of SFT, of points with the given values of f_SFT: for an interior
 * minimiser θ_S of f_SFT of a log-linear policy it is f_SFT(θ) − f_SFT* (statement K). Undefined for other problems.
 */
export function forgettingKl(
  problem: Problem,
  { ideal: { sft } }: CertifiedOptima,
  values: readonly number[],
): Estimate | undefined {
  const { data, objectives, radius, dimension } = problem;
  if (data.kind !== 'log-linear') return undefined;
  const gradient = new Float64Array(dimension);
  objectives.sft.gradient(sft.minimizer, gradient);
  // On the boundary the two differ by ⟨∇f_SFT(θ_S), θ − θ_S⟩ ≤ 2R‖∇f_SFT(θ_S)‖.
  if (2 * radius * Math.hypot(...gradient) > 1e-9) return undefined;
  return estimate(values.map((value) => Math.max(0, value - sft.value)));
}
