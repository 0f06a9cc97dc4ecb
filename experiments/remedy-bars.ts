import { median, quantile } from 'd3-array';
import { grouped } from '../src/base/grouped.js';
import type { Experiment } from '../src/experiment/experiment.js';
import { remedyGaps, type ChoiceOfParameter } from '../src/experiment/remedy-gaps.js';

/** What every remedy leaves of Sequential's gap over random pairs. */
export interface RemedyBars {
  readonly lambda: number;
  readonly pairs: number;
  readonly dimension: number;
  readonly bars: readonly RemedyBar[];
}

/** One remedy under one way to choose its parameter: quartiles over the pairs of its gap over Sequential's. */
export interface RemedyBar {
  readonly name: string;
  readonly label: string;
  readonly chosen: ChoiceOfParameter;
  readonly median: number;
  readonly quartiles: readonly [number, number];
  /** The largest part over all pairs. */
  readonly most: number;
  /** Pairs on which it has a limit. */
  readonly pairs: number;
  readonly cost: string;
}

/** Pairs that one worker solves for at a time. */
const batch = 25;

export const remedyBars: Experiment<RemedyBars> = {
  name: 'remedy-bars',
  async run(context) {
    const pairs = context.quick ? 25 : 200;
    const settings = { dimension: 4, lambda: 0.5, steps: 4000, stepSize: '1/sqrt(T)' };
    const solved = await Promise.all(
      Array.from({ length: pairs / batch }, (_, i) =>
        remedyGaps(context, { ...settings, firstSeed: 1000 * context.seed + batch * i, pairs: batch }),
      ),
    );
    const bars = grouped(solved.flat(), ({ name, chosen }) => `${name} ${chosen}`).map((own): RemedyBar => {
      const parts = own.map(({ part }) => part);
      const [{ name, label, chosen, cost }] = own;
      return {
        ...{ name, label, chosen, cost },
        median: median(parts) ?? NaN,
        quartiles: [quantile(parts, 0.25) ?? NaN, quantile(parts, 0.75) ?? NaN],
        most: Math.max(...parts),
        pairs: own.length,
      };
    });
    return { ...settings, pairs, bars };
  },
};
