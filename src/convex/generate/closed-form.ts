import type { ProblemFile } from '../problem/format.js';
import { checkedStart, nonNegative } from './checks.js';
import { closedFormDefaults } from './defaults.js';

/** Options of `closedForm`; absent ones are `closedFormDefaults`. */
export interface ClosedFormOptions {
  /** Standard deviation of the gradient noise. */
  readonly noise?: number;
  readonly start?: number;
}

/**
 * The pair on the line whose every optimum is known: f_DPO = ½(θ − 1)², f_SFT = ½(θ + 1)².
 * θ_λ* = 2λ − 1, min F_λ = 2λ(1 − λ), and Sequential with DPO first ends with the gap Δ = 2λ².
 */
export function closedForm(options: ClosedFormOptions = {}): ProblemFile {
  const { noise, start } = { ...closedFormDefaults, ...options };
  nonNegative('noise', noise);
  return {
    kind: 'quadratic',
    objectives: {
      dpo: { hessian: [[1]], minimizer: [1], noise },
      sft: { hessian: [[1]], minimizer: [-1], noise },
    },
    start: checkedStart([start], 1),
  };
}
