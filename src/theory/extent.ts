/** How much is measured. */
export interface Extent {
  /** The numbers of updates at which the statements are checked. */
  readonly steps: readonly number[];
  /** Runs of an ensemble. */
  readonly seeds: number;
  /** Seed of the first run. */
  readonly seed: number;
  /** The numbers of updates over which rates are fitted, and the runs of each. */
  readonly rateSteps: readonly number[];
  readonly rateSeeds: number;
  /** Compute expectations over the whole tree of choices instead of sampling them: short runs of noiseless pairs only. */
  readonly wholeTree?: boolean;
}
