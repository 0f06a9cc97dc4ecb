import { checks, type Checked } from '../src/experiment/checks.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { logSpaced } from '../src/experiment/spacing.js';

/** The slope of log gap against log T, fitted over stretches of a decade. */
export interface Rates {
  readonly lambda: number;
  readonly seeds: number;
  /** One slope a stretch and schedule; `steps` is the stretch's end. */
  readonly slopes: readonly Checked[];
}

export const rates: Experiment<Rates> = {
  name: 'rates',
  async run(context) {
    const { quick, seed } = context;
    const key = { problem: 'closed-form', lambda: 0.25 };
    const seeds = 10;
    const ends = quick ? [1000, 10_000] : [1_000_000, 100_000, 10_000, 1000];
    const slopes = ends.flatMap((end) =>
      ['R.sequential', 'R.maxright', 'R.alright'].map((id) =>
        checks(context, key, [id], {
          steps: [],
          seeds: 0,
          seed,
          rateSteps: logSpaced(end / 10, end, 2),
          rateSeeds: seeds,
        }),
      ),
    );
    return { lambda: key.lambda, seeds, slopes: (await Promise.all(slopes)).flat() };
  },
};
