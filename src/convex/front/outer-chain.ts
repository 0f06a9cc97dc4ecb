import { divide, type Interval } from '../expression/interval.js';
import { PreciseSum, sumError } from '../matrix/precise-sum.js';
import type { HalfPlane, Vertex } from './support.js';

/**
 * The vertices of the intersection of half-planes, by increasing f_DPO and rounded down in both coordinates, so that no θ
 * of the domain lies below the chain that joins them. A half-plane that is not shown to be more than the others together
 * is left out.
 */
export function outerChain(halfPlanes: readonly HalfPlane[]): Vertex[] {
  const steepestFirst = halfPlanes.filter(({ bound }) => bound > -Infinity).sort((a, b) => b.lambda - a.lambda);
  const lines: HalfPlane[] = [];
  for (const line of steepestFirst) {
    if (lines.length > 0 && lines[lines.length - 1].lambda === line.lambda) {
      if (lines[lines.length - 1].bound >= line.bound) continue;
      lines.pop();
    }
    while (lines.length > 1 && !isNeeded(lines[lines.length - 2], lines[lines.length - 1], line)) lines.pop();
    lines.push(line);
  }
  return decreasing(lines.slice(1).map((line, i) => intersection(lines[i], line).map(({ low }) => low)));
}

/** Whether the middle one of three lines, by decreasing λ, is shown to pass above the point where the others meet. */
function isNeeded(a: HalfPlane, b: HalfPlane, c: HalfPlane): boolean {
  return intersection(a, b)[0].high < intersection(b, c)[0].low;
}

/** Where the lines of two half-planes meet, the first with the larger λ. */
function intersection(a: HalfPlane, b: HalfPlane): readonly [dpo: Interval, sft: Interval] {
  const [dpo, sft] = [new PreciseSum(), new PreciseSum()];
  dpo.add(a.bound);
  dpo.addProduct(-a.bound, b.lambda);
  dpo.add(-b.bound);
  dpo.addProduct(b.bound, a.lambda);
  sft.addProduct(a.lambda, b.bound);
  sft.addProduct(-b.lambda, a.bound);
  const [dpoSum, sftSum] = [intervalOf(dpo), intervalOf(sft)];
  const difference = a.lambda - b.lambda;
  if (difference === 1) return [dpoSum, sftSum];
  const rounding = sumError(a.lambda, -b.lambda, difference);
  const determinant = rounding === 0 ? { low: difference, high: difference } : enclosed(difference, Math.abs(rounding));
  return [divide(dpoSum, determinant), divide(sftSum, determinant)];
}

function intervalOf(sum: PreciseSum): Interval {
  return sum.error === 0 && sum.low === 0 ? { low: sum.high, high: sum.high } : { low: sum.lower, high: sum.upper };
}

function enclosed(x: number, error: number): Interval {
  return { low: x - 2 * error, high: x + 2 * error };
}

/** The exact vertices decrease; so do they after each is lowered to what its neighbours were rounded to. */
function decreasing(rounded: readonly (readonly number[])[]): Vertex[] {
  const vertices = rounded.map(([dpo, sft]): [number, number] => [dpo, sft]);
  for (let i = vertices.length - 2; i >= 0; i--) vertices[i][0] = Math.min(vertices[i][0], vertices[i + 1][0]);
  for (let i = 1; i < vertices.length; i++) vertices[i][1] = Math.min(vertices[i][1], vertices[i - 1][1]);
  return vertices;
}
