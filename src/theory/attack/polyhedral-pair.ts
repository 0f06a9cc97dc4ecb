import type { Objective } from '../../convex/problem/problem.js';
import type { ObjectiveBounds } from '../objective-bounds.js';
import { subjectOfPair, type Minimum } from '../subject.js';
import { evaluateWorstFunction, type PiecewiseLinear } from '../worst-case/worst-function.js';
import type { Instance } from './instance.js';

/**
 * Two maxima of affine functions with slopes of at most 1 on R^d whose weighted sum, or Chebyshev scalarization, is least at
 * the origin, both being 0 there: one piece of each has a gradient along one line, in opposite directions, so weighed
 * that they cancel, and no other piece is above 0 at the origin. Optima that are low enough cancel from the weighted
 * maximum, as docs/worst-case.md shows, so that no solver is needed.
 */
export function polyhedralPair(
  parameters: readonly number[],
  { dimension, lambda, ofMax }: { dimension: number; lambda: number; ofMax: boolean },
): Instance {
  let read = 0;
  const next = (): number => parameters[read++] ?? 0;
  const vector = (): number[] => Array.from({ length: dimension }, next);
  const [first, second] = [next(), next()];
  const start = intoBall(vector());
  const line = intoBall(vector());
  // λ g_DPO + (1 − λ) g_SFT = 0 at the origin, or for the Chebyshev scalarization any two opposite slopes.
  const size = ofMax ? 1 : 1 / Math.max(lambda, 1 - lambda);
  const slopes = ofMax ? [Math.abs(Math.sin(first)), Math.abs(Math.cos(second))] : [(1 - lambda) * size, lambda * size];
  const pieces = Math.max(1, Math.floor((parameters.length - read) / (2 * (dimension + 1))));
  const objective = (slope: number): PiecewiseLinear => ({
    kind: 'piecewise-linear',
    pieces: [
      { gradient: line.map((entry) => slope * entry), offset: 0 },
      ...Array.from({ length: pieces }, () => ({ gradient: intoBall(vector()), offset: -Math.abs(next()) / 4 })),
    ],
  });
  const [dpo, sft] = [objective(slopes[0]), objective(-slopes[1])];
  const depth = 10;
  const ideal = { dpo: -depth / lambda, sft: -depth / (1 - lambda) };
  const origin = new Float64Array(dimension);
  const minimum = (value: number): Minimum => ({ minimizer: origin, value, certificate: 0 });
  const subject = subjectOfPair({
    name: 'attacked',
    pair: {
      dimension,
      start: Float64Array.from(start),
      radius: Infinity,
      objectives: { dpo: asObjective(dpo), sft: asObjective(sft) },
    },
    lambda,
    ideal: { dpo: minimum(ideal.dpo), sft: minimum(ideal.sft) },
    weightedSum: minimum(0),
    chebyshev: minimum(depth),
    bounds: { dpo: boundsOf(dpo), sft: boundsOf(sft) },
  });
  return {
    subject,
    file: { kind: 'worst-case', objectives: { dpo, sft }, start, comparator: Array.from(origin), ideal },
  };
}

function boundsOf({ pieces }: PiecewiseLinear): ObjectiveBounds {
  const gradientBound = Math.max(...pieces.map(({ gradient }) => Math.hypot(...gradient)));
  return { gradientBound, smoothness: Infinity, strongConvexity: 0, noise: 0, valueError: 0, valueDeviation: 0 };
}

function asObjective(f: PiecewiseLinear): Objective {
  const value = (theta: Float64Array): number => evaluateWorstFunction(f, theta).value;
  const gradient = (theta: Float64Array, out: Float64Array): number => {
    const found = evaluateWorstFunction(f, theta);
    out.set(found.gradient);
    return found.value;
  };
  return {
    value,
    gradient,
    hessian: (_theta, out) => {
      out.fill(0);
    },
    constants: boundsOf(f),
    valueNoise: 0,
    exactValues: true,
    sampler: () => ({ draw: () => undefined, gradient, value }),
  };
}

function intoBall(vector: readonly number[]): number[] {
  const norm = Math.hypot(...vector);
  return norm <= 1 ? [...vector] : vector.map((entry) => entry / norm);
}
