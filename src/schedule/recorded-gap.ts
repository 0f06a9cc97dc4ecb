import type { ObjectiveName, Pair } from './schedule.js';

/** What a schedule needs that compares weighted optimality gaps. */
export interface WeightedGaps {
  readonly lambda: number;
  readonly ideal: Pair;
  /** λ (f_DPO − f_DPO*) and (1 − λ)(f_SFT − f_SFT*), as last seen. */
  readonly weightedGap: Pair;
}

/** The state with the weighted gap of an objective whose value was seen; the other's record stays. */
export function recordedGap<State extends WeightedGaps>(state: State, objective: ObjectiveName, value: number): State {
  const { lambda, ideal, weightedGap } = state;
  return objective === 'dpo'
    ? { ...state, weightedGap: { dpo: lambda * (value - ideal.dpo), sft: weightedGap.sft } }
    : { ...state, weightedGap: { dpo: weightedGap.dpo, sft: (1 - lambda) * (value - ideal.sft) } };
}
