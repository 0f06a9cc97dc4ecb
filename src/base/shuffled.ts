import type { Stream } from './random-stream.js';

/** The items in a random order (Fisher and Yates). */
export function shuffled<Item>(items: readonly Item[], random: Stream): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
