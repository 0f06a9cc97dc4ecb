import type { Gram, Pair, Schedule } from './schedule.js';
import { checkedLambda } from './settings.js';

/** PCGrad's state: λ, which never changes. */
export interface PcgradState {
  readonly lambda: number;
}

/**
 * PCGrad (Yu and others 2020) on λ g_DPO and (1 − λ) g_SFT: where the two point against each other, each loses its
 * component along the other before they are added. Without a conflict the step is Mix's; it stops where the gradients
 * oppose each other, wherever that is on the front.
 */
export const pcgrad = {
  name: 'pcgrad',
  label: 'PCGrad',
  description: 'both gradients, each without what opposes the other',
  init: ({ lambda }) => ({ lambda: checkedLambda(lambda) }),
  distribution: ({ lambda }) => [
    { choice: { weigh: (gram: Gram) => weightsOfProjected(gram, lambda) }, probability: 1 },
  ],
} as const satisfies Schedule<PcgradState>;

/** The weights of g_DPO and g_SFT in the sum of λ g_DPO and (1 − λ) g_SFT, each projected where they conflict. */
export function weightsOfProjected({ dpo, sft, inner }: Gram, lambda: number): Pair {
  if (!(inner < 0)) return { dpo: lambda, sft: 1 - lambda };
  return { dpo: lambda - ((1 - lambda) * inner) / dpo, sft: 1 - lambda - (lambda * inner) / sft };
}
