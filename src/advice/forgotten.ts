import { leastValue } from '../convex/front/least-value.js';
import { refined, type EnclosedFront } from '../convex/front/enclosed-front.js';
import type { Enclosed } from '../convex/front/choose.js';
import type { ObjectiveName, Order } from '../schedule/schedule.js';

/** What Sequential, run until its second stage converges, loses of its first objective. */
export interface Forgotten {
  readonly order: Order;
  readonly first: ObjectiveName;
  /**
   * How far the first objective is above its minimum. No minimiser of the second loses less than `lower`, and the one
   * that was found loses at most `upper`: where there are several, a run may end at a worse one.
   */
  readonly loss: Enclosed;
}

/** How near λ is to the end of the front for a bound on what is least there. */
const nearEnd = 2 ** -17;

/** What Sequential forgets in both orders, enclosed. */
export function forgotten(front: EnclosedFront): Forgotten[] {
  const { supports } = refined(refined(front, nearEnd), 1 - nearEnd);
  const ends = { dpo: supports[0], sft: supports[supports.length - 1] };
  return (['sft', 'dpo'] as const).map((first) => {
    const second = first === 'sft' ? 'dpo' : 'sft';
    const [one, two] = first === 'sft' ? [1, 0] : [0, 1];
    const least = Math.min(...supports.map(({ reached }) => reached[one]));
    const atSecond = Math.min(...supports.map(({ reached }) => reached[two]));
    // Differences of bounds, rounded outwards.
    const difference = (a: number, b: number): number => 4 * Number.EPSILON * (Math.abs(a) + Math.abs(b));
    const lowest = leastValue(supports, first, atSecond);
    const [from, to] = [lowest - least, ends[second].reached[one] - ends[first].bound];
    return {
      order: `${first}-${second}` as Order,
      first,
      loss: {
        lower: Math.max(0, from - difference(lowest, least)),
        upper: to + difference(ends[second].reached[one], ends[first].bound),
      },
    };
  });
}
