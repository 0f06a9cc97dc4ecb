import { down, up } from '../expression/interval.js';
import type { ObjectiveName, Pair } from '../../schedule/schedule.js';
import { lowerLeftHull, withoutFlatEnds } from './inner-chain.js';
import { leastValue } from './least-value.js';
import { outerChain } from './outer-chain.js';
import type { HalfPlane, Support, Vertex } from './support.js';

/** The two polygons between which the front lies, as their lower-left chains by increasing f_DPO. */
export interface Enclosure {
  readonly inner: readonly Vertex[];
  readonly outer: readonly Vertex[];
  /** What the error is relative to: lower bounds on how much each objective varies along the front. */
  readonly ranges: Pair;
  /** The objectives that are not known to vary along the front by as much as counts. */
  readonly flat: readonly ObjectiveName[];
}

/** Below this part of the size of an objective's values its range along the front counts as that part. */
const leastRange = 1e-12;

/**
 * The polygons that certified minima give.
 * @param sizes how large the values of each objective are
 */
export function enclosure(supports: readonly Support[], sizes: Pair): Enclosure {
  const inner = withoutFlatEnds(lowerLeftHull(supports.map(({ reached }) => reached)));
  const [first, last] = [inner[0], inner[inner.length - 1]];
  const known = {
    dpo: down(leastValue(supports, 'dpo', last[1]) - first[0]),
    sft: down(leastValue(supports, 'sft', first[0]) - last[1]),
  };
  const counted = (name: ObjectiveName): number => Math.max(leastRange * sizes[name], Number.MIN_VALUE);
  const range = (name: ObjectiveName): number => Math.max(known[name], counted(name));
  return {
    inner,
    outer: outerChain(supports),
    ranges: { dpo: range('dpo'), sft: range('sft') },
    flat: (['dpo', 'sft'] as const).filter((name) => !(known[name] >= counted(name))),
  };
}

/** Where the polygons are apart, seen from a vertex of the outer one. */
export interface Distance {
  /** How far it has to go, in units of the ranges and in both coordinates at once, to come to the inner polygon. */
  readonly error: number;
  /** λ of the normal of the inner edge that it comes to; 1 or 0 beyond the ends. */
  readonly lambda: number;
  /** How far it lies below the line of that edge: λ Δf_DPO + (1 − λ) Δf_SFT. */
  readonly gap: number;
}

/** The distance of every vertex of the outer polygon, by increasing f_DPO; error and gap are rounded up. */
export function distances({ inner, outer, ranges }: Enclosure): Distance[] {
  /** Grows along both chains, and stays as it is along the direction in which distances are measured. */
  const place = ([dpo, sft]: Vertex): number => dpo / ranges.dpo - sft / ranges.sft;
  const found: Distance[] = [];
  let edge = 0;
  for (const vertex of outer) {
    while (edge < inner.length && place(inner[edge]) < place(vertex)) edge++;
    // A neighbour's line is nearly as far where rounding chose the wrong edge.
    const near = [edge - 1, edge, edge + 1].map((k) => toEdge(vertex, inner[k - 1], inner[k]));
    let farthest: Distance | undefined;
    for (const one of near) if (one !== undefined && !(one.error <= (farthest?.error ?? -1))) farthest = one;
    if (farthest !== undefined) found.push(farthest);
  }
  return found;

  /** The distance to the line through two vertices; of the rays that end the polygon one of them is absent. */
  function toEdge(vertex: Vertex, from: Vertex | undefined, to: Vertex | undefined): Distance | undefined {
    if (from === undefined && to === undefined) return undefined;
    if (from === undefined) return along(1, 0, up(inner[0][0] - vertex[0]));
    if (to === undefined) return along(0, 1, up(inner[inner.length - 1][1] - vertex[1]));
    const [width, height] = [to[0] - from[0], from[1] - to[1]];
    const [dpo, sft] = [height * (from[0] - vertex[0]), width * (from[1] - vertex[1])];
    return along(height, width, dpo + sft + 8 * Number.EPSILON * (Math.abs(dpo) + Math.abs(sft)));
  }

  function along(dpo: number, sft: number, gap: number): Distance {
    const error = (gap / (dpo * ranges.dpo + sft * ranges.sft)) * (1 + 8 * Number.EPSILON);
    return { error: Math.max(0, error), lambda: dpo / (dpo + sft), gap: gap / (dpo + sft) };
  }
}

/** The error of an enclosure: the largest of any vertex of the outer polygon. */
export function errorOf(enclosed: Enclosure): number {
  return distances(enclosed).reduce((most, { error }) => Math.max(most, error), 0);
}

/** The neighbours of λ among half-planes. */
export function around(halfPlanes: readonly HalfPlane[], lambda: number): readonly [below: number, above: number] {
  let [below, above] = [0, 1];
  for (const { lambda: other } of halfPlanes) {
    if (other <= lambda) below = Math.max(below, other);
    if (other >= lambda) above = Math.min(above, other);
  }
  return [below, above];
}
