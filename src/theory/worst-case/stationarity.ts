import { bothObjectives, type ObjectiveName } from '../../schedule/schedule.js';
import { plus, product, scaled, type Combination } from './combination.js';
import { addAtMost, addBasisVector, addNormAtMost, type ProgrammeDraft } from './programme-draft.js';
import { sumOf, zeroVector } from '../../sdp/semidefinite-programme.js';

/**
 * How the comparator θ* relates the two objectives' subgradients there.
 * weighted: λ g_DPO* + (1 − λ) g_SFT* = 0, θ* minimises F_λ;
 * angle: sin φ g_DPO* + cos φ g_SFT* = 0 with φ in [0, π/2], θ° minimises F_max where both weighted gaps are equal;
 * between: such a φ exists between two angles, relaxed to
 *   ⟨sin φ₁ g_DPO* + cos φ₁ g_SFT*, sin φ₂ g_DPO* + cos φ₂ g_SFT*⟩ ≤ 0, because both are multiples of one vector, one from below;
 * open: nothing is asked of them, a wider relaxation without subgradients at the comparator.
 */
export type Stationarity =
  | { readonly kind: 'weighted'; readonly lambda: number }
  | { readonly kind: 'angle'; readonly angle: number }
  | { readonly kind: 'between'; readonly from: number; readonly to: number }
  | { readonly kind: 'open' };

/**
 * Adds the subgradients at the comparator, related as asked and of norm at most `bound`; undefined where there are none.
 * @param needed for each point, the objectives whose samples the plan needs
 * @param margin by this share the squares of their bounds are tightened
 */
export function comparatorGradients(
  draft: ProgrammeDraft,
  stationarity: Stationarity,
  needed: readonly ReadonlySet<ObjectiveName>[],
  bound: number,
  margin: number,
): Record<ObjectiveName, Combination | undefined> {
  if (bound === 0) return { dpo: [], sft: [] };
  // θ° minimises the larger of both gaps, so that both objectives have a part in it, needed elsewhere or not.
  const used = bothObjectives.filter(
    (objective) => stationarity.kind !== 'weighted' || needed.some((names) => names.has(objective)),
  );
  const tied = (dpo: number, sft: number): Record<ObjectiveName, Combination | undefined> => {
    const factors = { dpo, sft };
    const largest = Math.max(...used.map((objective) => Math.abs(factors[objective])));
    // An objective alone in the programme, or of weight 0 in the other's condition, has gradient 0 there.
    if (largest === 0) return { dpo: [], sft: [] };
    const direction = addBasisVector(draft, bound / largest);
    addNormAtMost(draft, direction, bound / largest, margin);
    return { dpo: scaled(direction, dpo), sft: scaled(direction, sft) };
  };
  switch (stationarity.kind) {
    case 'weighted':
      if (used.length === 1) {
        const weight = used[0] === 'dpo' ? stationarity.lambda : 1 - stationarity.lambda;
        // Minimised by the comparator where it alone is weighed, otherwise unrelated to it.
        return weight > 0 ? tied(0, 0) : tied(1, 1);
      }
      return tied(1 - stationarity.lambda, -stationarity.lambda);
    case 'angle':
      return tied(Math.cos(stationarity.angle), -Math.sin(stationarity.angle));
    case 'between': {
      // In terms of p = cos m g_DPO − sin m g_SFT and u = (sin m g_DPO + cos m g_SFT)/tan d, m the middle and d half the
      // width, the relaxed condition is ‖u‖ ≤ ‖p‖, however narrow the interval.
      const middle = (stationarity.from + stationarity.to) / 2;
      const spread = Math.tan((stationarity.to - stationarity.from) / 2);
      const along = addBasisVector(draft, Math.SQRT2 * bound);
      const across = addBasisVector(draft, Math.SQRT2 * bound);
      const dpo = plus(scaled(along, Math.cos(middle)), across, spread * Math.sin(middle));
      const sft = plus(scaled(along, -Math.sin(middle)), across, spread * Math.cos(middle));
      addNormAtMost(draft, dpo, bound, margin);
      addNormAtMost(draft, sft, bound, margin);
      const difference = sumOf([product(across, across, 1), product(along, along, -1)]);
      addAtMost(draft, { matrix: difference, free: zeroVector }, {});
      return { dpo, sft };
    }
    case 'open':
      return { dpo: undefined, sft: undefined };
  }
}
