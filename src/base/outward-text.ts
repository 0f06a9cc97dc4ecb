import { shortNumber } from './text.js';

/** A number in six digits that is not above x. */
export function textBelow(x: number): string {
  return outward(x, -1);
}

/** A number in six digits that is not below x. */
export function textAbove(x: number): string {
  return outward(x, 1);
}

function outward(x: number, way: 1 | -1): string {
  if (!Number.isFinite(x) || x === 0) return shortNumber(x);
  const nearest = Number(x.toPrecision(6));
  if ((nearest - x) * way >= 0) return shortNumber(nearest);
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(x))) - 5);
  return shortNumber(nearest + way * unit);
}
