/** What Holm's correction makes of one of several p-values. */
export interface Corrected {
  /** The level that the p-value had to stay below: α / (m − k + 1) for the k-th smallest, or where the procedure ended. */
  readonly level: number;
  /** Whether its hypothesis is rejected: exactly where the p-value is at most its level. */
  readonly rejected: boolean;
}

/**
 * Holm's step-down correction: whatever the tests have to do with each other, a true hypothesis is rejected with
 * probability at most α. From the smallest p-value on, the k-th of m is compared with α / (m − k + 1); at the first that
 * is larger the procedure ends, and that level stands for all that are left.
 * @param further hypotheses of the same family that are tested elsewhere, each at α / m, and count in m
 */
export function holm(pValues: readonly number[], { alpha = 0.05, further = 0 } = {}): Corrected[] {
  const count = pValues.length + further;
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const levelAt = (rank: number): number => alpha / (count - rank);
  const ended = order.findIndex((i, rank) => !(pValues[i] <= levelAt(rank)));
  const rejections = ended === -1 ? order.length : ended;
  const corrected: Corrected[] = new Array<Corrected>(pValues.length);
  order.forEach((i, rank) => {
    const rejected = rank < rejections;
    corrected[i] = { level: levelAt(rejected ? rank : rejections), rejected };
  });
  return corrected;
}
