import { sumError, up } from '../matrix/precise-sum.js';

/** A double not below high + low + error, the nearest one where nothing was rounded. */
export function notBelow([high, low]: readonly [number, number], error = 0): number {
  const value = high + low;
  return error === 0 && sumError(high, low, value) <= 0 ? value : up(up(value) + error);
}

/** A double not above high + low − error, the nearest one where nothing was rounded. */
export function notAbove([high, low]: readonly [number, number], error = 0): number {
  return -notBelow([-high, -low], error);
}
