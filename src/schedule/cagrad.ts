import * as z from 'zod';
import type { Gram, Pair, Schedule } from './schedule.js';
import { checkedLambda, ownSettings } from './settings.js';

/** CAGrad's state: λ and c, which never change. */
export interface CagradState {
  readonly lambda: number;
  readonly conflictAversion: number;
}

const error = 'a number in [0, 1)';
const settings = z.object({
  conflictAversion: z
    .number({ error })
    .min(0, { error })
    .lt(1, { error })
    .default(0.5)
    .meta({ description: 'c: how far, relative to its length, a step may be from the gradient of F_λ', value: 'c' }),
});

/**
 * CAGrad (Liu and others 2021) on λ f_DPO and (1 − λ) f_SFT: of the steps within c‖∇F_λ‖ of ∇F_λ, the one by which the
 * worse-off of the two improves most. With c < 1 its stationary points are those of F_λ.
 */
export const cagrad = {
  name: 'cagrad',
  label: 'CAGrad',
  description: 'near the gradient of F_λ, for the worse-off objective',
  settings,
  init(given) {
    return { lambda: checkedLambda(given.lambda), ...ownSettings(settings, given) };
  },
  distribution: ({ lambda, conflictAversion }) => [
    { choice: { weigh: (gram: Gram) => weightsOfAverse(gram, lambda, conflictAversion) }, probability: 1 },
  ],
} as const satisfies Schedule<CagradState>;

/**
 * The weights of g_DPO and g_SFT in CAGrad's step g + c‖g‖ g_v/‖g_v‖, where g = λ g_DPO + (1 − λ) g_SFT and
 * g_v = v λ g_DPO + (1 − v)(1 − λ) g_SFT minimises ⟨g_v, g⟩ + c‖g‖‖g_v‖ over v in [0, 1].
 */
export function weightsOfAverse({ dpo, sft, inner }: Gram, lambda: number, c: number): Pair {
  const [a, b] = [lambda, 1 - lambda];
  // The Gram matrix of a g_DPO and b g_SFT, and the length of their sum.
  const [pp, qq, pq] = [a * a * dpo, b * b * sft, a * b * inner];
  const length = Math.sqrt(Math.max(0, pp + 2 * pq + qq));
  const bound = c * length;
  if (bound === 0) return { dpo: a, sft: b };
  // With u = v p + (1 − v) q: ⟨u, p + q⟩ has the slope pp − qq in v, and ‖u‖² = A v² + 2 B v + qq.
  const [slope, curve, tilt] = [pp - qq, pp - 2 * pq + qq, pq - qq];
  const share = leastShare(slope, bound, curve, tilt, qq);
  const squares = curve * share * share + 2 * tilt * share + qq;
  if (!(squares > 0)) return { dpo: a, sft: b };
  const factor = bound / Math.sqrt(squares);
  return { dpo: a * (1 + factor * share), sft: b * (1 + factor * (1 - share)) };
}

/** The v in [0, 1] at which slope · v + bound · √(curve v² + 2 tilt v + constant), a convex function, is least. */
function leastShare(slope: number, bound: number, curve: number, tilt: number, constant: number): number {
  if (!(curve > 0)) return 0.5;
  // With u = curve v + tilt the stationary point has u² (bound² − slope²/curve) = slope² D/curve, of the other sign than slope.
  const discriminant = Math.max(0, curve * constant - tilt * tilt);
  const room = bound * bound - (slope * slope) / curve;
  if (!(room > 0)) return slope > 0 ? 0 : 1;
  const u = -slope * Math.sqrt(discriminant / curve / room);
  return Math.min(1, Math.max(0, (u - tilt) / curve));
}
