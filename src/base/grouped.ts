import { group } from 'd3-array';

/** The items in groups of equal keys, both in order of appearance. */
export function grouped<Item>(items: readonly Item[], key: (item: Item) => unknown): Item[][] {
  return [...group(items, key).values()];
}
