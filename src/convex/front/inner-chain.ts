import type { Vertex } from './support.js';

/**
 * The lower-left convex hull of points that are reached, by increasing f_DPO. Every point on or above the chain is met or
 * bettered by a mean of such θ, since the objectives are convex; that holds whatever rounding did to the choice of vertices.
 */
export function lowerLeftHull(points: readonly Vertex[]): Vertex[] {
  const sorted = [...points].sort(([dpo, sft], [otherDpo, otherSft]) => dpo - otherDpo || sft - otherSft);
  const chain: Vertex[] = [];
  for (const vertex of sorted) {
    // What another point betters in both.
    if (chain.length > 0 && vertex[1] >= chain[chain.length - 1][1]) continue;
    while (chain.length > 1 && !isConvex(chain[chain.length - 2], chain[chain.length - 1], vertex)) chain.pop();
    chain.push(vertex);
  }
  return chain;
}

/** Whether the chain turns upwards at b. */
function isConvex(a: Vertex, b: Vertex, c: Vertex): boolean {
  return (b[1] - a[1]) * (c[0] - b[0]) < (c[1] - b[1]) * (b[0] - a[0]);
}

/** What an end has to better its objective by, as a part of the range, to be more than rounding. */
export const noise = 2 ** -40;

/**
 * Without ends that better their own objective by nothing but rounding: where an objective has many minimisers, the
 * solver's is any of them, and the chain would go far up for no gain.
 */
export function withoutFlatEnds(chain: readonly Vertex[]): Vertex[] {
  let [from, to] = [0, chain.length];
  const [first, last] = [chain[0], chain[chain.length - 1]];
  while (to - from > 1 && chain[from + 1][0] - chain[from][0] <= noise * (last[0] - first[0])) from++;
  while (to - from > 1 && chain[to - 2][1] - chain[to - 1][1] <= noise * (first[1] - last[1])) to--;
  return chain.slice(from, to);
}
