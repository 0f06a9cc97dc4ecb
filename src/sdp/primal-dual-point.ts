import { inner, norm } from '../base/vector.js';
import type { FlatProgramme } from './flat-programme.js';

/** A primal and dual point of a semidefinite programme, or a direction from one. */
export interface PrimalDualPoint {
  /** G, order × order, row-major. */
  readonly gram: Float64Array;
  /** f. */
  readonly free: Float64Array;
  /** The slack of each constraint (0 for "equal"). */
  readonly slack: Float64Array;
  /** y, one multiplier a constraint. */
  readonly multipliers: Float64Array;
  /** Z, order × order, row-major. */
  readonly dual: Float64Array;
}

/** The origin. */
export function zeroPoint({ n, m, free }: FlatProgramme): PrimalDualPoint {
  return {
    gram: new Float64Array(n * n),
    free: new Float64Array(free),
    slack: new Float64Array(m),
    multipliers: new Float64Array(m),
    dual: new Float64Array(n * n),
  };
}

/** A multiple of the identity on either side, large enough for the data (the rule of CSDP, Borchers 1999). */
export function coldStart(flat: FlatProgramme): PrimalDualPoint {
  const { n, m, free, pointer, value, bound, cost } = flat;
  let primal = 0;
  let largest = norm(cost);
  for (let k = 0; k < m; k++) {
    let squared = 0;
    for (let e = pointer[k]; e < pointer[k + 1]; e++) squared += value[e] * value[e];
    const size = Math.sqrt(squared);
    primal = Math.max(primal, (1 + Math.abs(bound[k])) / (1 + size));
    largest = Math.max(largest, size);
  }
  const gramScale = 10 * Math.max(1, primal) * Math.sqrt(n);
  const dualScale = 10 * (1 + largest);
  const identity = (scale: number): Float64Array => {
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) matrix[i * n + i] = scale;
    return matrix;
  };
  const slack = new Float64Array(m);
  const multipliers = new Float64Array(m);
  for (let k = 0; k < m; k++) {
    if (flat.inequality[k] === 0) continue;
    slack[k] = gramScale;
    multipliers[k] = dualScale / 10;
  }
  return { gram: identity(gramScale), free: new Float64Array(free), slack, multipliers, dual: identity(dualScale) };
}

/** The given point, its missing rows filled, and everything kept away from the boundary. */
export function warmPoint(flat: FlatProgramme, start: PrimalDualPoint): PrimalDualPoint {
  const { n, m, free, inequality } = flat;
  const point = {
    gram: start.gram.slice(),
    free: new Float64Array(free),
    slack: new Float64Array(m),
    multipliers: new Float64Array(m),
    dual: start.dual.slice(),
  };
  point.free.set(start.free.subarray(0, free));
  let mu = inner(point.gram, point.dual);
  let count = n;
  for (let k = 0; k < start.slack.length; k++) {
    if (inequality[k] === 0) continue;
    mu += start.slack[k] * start.multipliers[k];
    count++;
  }
  const middle = Math.sqrt(mu / count);
  for (let k = 0; k < m; k++) {
    const known = k < start.slack.length;
    point.multipliers[k] = known ? start.multipliers[k] : 0;
    if (inequality[k] === 0) continue;
    point.slack[k] = known ? start.slack[k] : middle;
    if (!known) point.multipliers[k] = middle;
  }
  return point;
}

/** A point that shares no array with the given one. */
export function copyPoint(point: PrimalDualPoint): PrimalDualPoint {
  return {
    gram: point.gram.slice(),
    free: point.free.slice(),
    slack: point.slack.slice(),
    multipliers: point.multipliers.slice(),
    dual: point.dual.slice(),
  };
}
