import type { ProblemData, QuadraticData } from '../convex/problem/data.js';
import type { Subject } from './subject.js';

/** The quadratics of a subject on R^d, whose moments are exact; undefined for every other. */
export function freeQuadratics({ problem }: Subject): QuadraticData | undefined {
  const data: ProblemData | undefined = problem?.data;
  return data?.kind === 'quadratic' && data.radius === Infinity ? data : undefined;
}
