import { InputError } from '../../base/input-error.js';
import type { Pair } from '../../schedule/schedule.js';

/** The published stopping rule: near one objective's optimum, or near a given Pareto point in both objectives. */
export interface StoppingRule {
  /** How near is near enough, ε. */
  readonly tolerance: number;
  /** The optima (f_DPO*, f_SFT*). */
  readonly ideal?: Pair;
  /** Points (f_DPO, f_SFT) known to be on the Pareto front. */
  readonly paretoPoints?: readonly Pair[];
}

/**
 * Why a run at these objective values is done, or undefined where it is not: a gap f_i − f_i* ≤ ε for either i, or
 * f_i ≤ p_i + ε for both objectives i and some given point p (the rule of github.com/heshandevaka/XRIGHT).
 */
export function stoppingReason(value: Pair, { tolerance, ideal, paretoPoints = [] }: StoppingRule): string | undefined {
  for (const objective of ['sft', 'dpo'] as const) {
    if (ideal !== undefined && value[objective] - ideal[objective] <= tolerance) {
      return `${objective} gap at most ${tolerance}`;
    }
  }
  const reached = paretoPoints.find((p) => value.sft - p.sft <= tolerance && value.dpo - p.dpo <= tolerance);
  return reached && `within ${tolerance} of the Pareto point f_SFT ${reached.sft}, f_DPO ${reached.dpo}`;
}

/** The rule, checked: a tolerance that is not negative, and something to be near to. */
export function checkedStoppingRule(rule: StoppingRule): StoppingRule {
  const { tolerance, ideal, paretoPoints = [] } = rule;
  if (!(tolerance >= 0)) throw new InputError('stop-within', tolerance, 'a number ≥ 0');
  if (ideal === undefined && paretoPoints.length === 0) {
    throw new InputError('stop-within', tolerance, 'both optima or a Pareto point with it');
  }
  return rule;
}
