import type { Pair } from '../../schedule/schedule.js';

/** The certified optima against which a run is measured. */
export interface Optima {
  readonly lambda: number;
  /** (f_DPO*, f_SFT*). */
  readonly ideal: Pair;
  /** min F_λ. */
  readonly weightedSum: number;
  /** min F_max. */
  readonly chebyshev: number;
  /** How far these values may be off; absent where they are known otherwise. */
  readonly certificates?: OptimaCertificates;
}

/** The certificates of the optima, Infinity where nothing is certified. */
export interface OptimaCertificates extends Pair {
  readonly weightedSum: number;
  readonly chebyshev: number;
  /** About how far rounding takes the values of F_λ and F_max along a run. */
  readonly rounding: number;
}
