import { inner } from '../../base/vector.js';
import type { ObjectiveName, Pair } from '../../schedule/schedule.js';
import type { Combination } from './combination.js';
import { cholesky } from '../../sdp/cholesky.js';
import type { FunctionClass } from './function-class.js';
import type { EstimationProgramme } from './programme.js';
import type { PiecewiseLinear, SmoothInterpolant, WorstFunction } from './worst-function.js';

/** A pair of recovered functions, with the start, the comparator and the optima that MAXRIGHT is told. */
export interface WorstProblem {
  readonly kind: 'worst-case';
  readonly objectives: Readonly<Record<ObjectiveName, WorstFunction>>;
  readonly start: readonly number[];
  /** The minimiser of F_λ, or of F_max for MAXRIGHT. */
  readonly comparator: readonly number[];
  /** The objectives' optimal values where both are attained; needed by MAXRIGHT. */
  readonly ideal?: Pair;
}

/** A further coordinate, along which the objectives fall to their optima: see docs/worst-case.md. */
export interface Descent {
  /** The slope of each objective along the further coordinate. */
  readonly slope: Pair;
  /** Each objective's optimum. */
  readonly ideal: Pair;
}

/**
 * The functions behind a Gram matrix: its Cholesky factor gives the vectors, and the class's interpolation theorem the
 * functions through the sampled values and subgradients.
 *
 * They belong to the class by construction: gradients are scaled to norm M and the start to the distance where the
 * solver overshot. What they are worth is what running the schedule on them gives.
 */
export function worstProblem(
  estimation: EstimationProgramme,
  gram: Float64Array,
  free: Float64Array,
  functionClass: FunctionClass,
  distance: number,
  descent?: Descent,
): WorstProblem {
  const n = estimation.programme.order;
  const factor = gram.slice();
  if (!cholesky(factor, n)) throw new Error('the Gram matrix is not positive definite');
  const dimension = descent === undefined ? n : n + 1;
  const descending = descent === undefined ? new Float64Array(n) : slopesOfBasis(estimation, descent.slope);
  const vector = (combination: Combination): number[] => {
    const result = new Array<number>(dimension).fill(0);
    combination.forEach((coefficient, i) => {
      for (let j = 0; j <= i; j++) result[j] += coefficient * factor[i * n + j];
      if (descent !== undefined) result[n] += coefficient * descending[i];
    });
    return result;
  };
  const objective = (name: ObjectiveName): WorstFunction => {
    const samples = estimation.samples[name].flatMap(({ at, gradient, value }) =>
      // A comparator of which no subgradient is asked lies on or above the other pieces.
      gradient === undefined
        ? []
        : [{ at: vector(at), gradient: vector(gradient), value: value === undefined ? 0 : free[value] }],
    );
    const zero = new Array<number>(dimension).fill(0);
    const slope = descent?.slope[name] ?? 0;
    if (descent !== undefined && slope !== 0) {
      // Far enough along the further coordinate, the objective has fallen to its optimum.
      const at = [...zero];
      at[n] = (2 * descent.ideal[name]) / slope;
      samples.push({ at, gradient: zero, value: descent.ideal[name] });
    } else if (functionClass.kind === 'lipschitz' && descent === undefined) {
      // A floor far below the run, so that the objective's own minimum is attained too.
      const lowest = Math.min(0, ...samples.map(({ value }) => value));
      samples.push({ at: zero, gradient: zero, value: 2 * lowest - functionClass.lipschitz * distance });
    }
    if (samples.length === 0) samples.push({ at: zero, gradient: zero, value: 0 });
    return functionClass.kind === 'lipschitz'
      ? piecewiseLinear(samples, functionClass.lipschitz)
      : smoothInterpolant(samples, functionClass.smoothness);
  };
  return {
    kind: 'worst-case',
    objectives: { dpo: objective('dpo'), sft: objective('sft') },
    start: shortened(vector(estimation.points[0]), distance),
    comparator: vector([]),
    ...(descent === undefined ? {} : { ideal: descent.ideal }),
  };
}

interface SampledVectors {
  readonly at: readonly number[];
  readonly gradient: readonly number[];
  readonly value: number;
}

/** Each basis vector's component along the further coordinate, such that every subgradient of an objective has its slope. */
function slopesOfBasis(estimation: EstimationProgramme, slope: Pair): Float64Array {
  const result = new Float64Array(estimation.programme.order);
  for (const objective of ['dpo', 'sft'] as const) {
    for (const { gradient = [] } of estimation.samples[objective]) {
      gradient.forEach((coefficient, i) => {
        if (coefficient !== 0) result[i] = slope[objective] / coefficient;
      });
    }
  }
  return result;
}

function piecewiseLinear(samples: readonly SampledVectors[], lipschitz: number): PiecewiseLinear {
  return {
    kind: 'piecewise-linear',
    pieces: samples.map(({ at, gradient, value }) => {
      const bounded = shortened(gradient, lipschitz);
      return { gradient: bounded, offset: value - inner(bounded, at) };
    }),
  };
}

function smoothInterpolant(samples: readonly SampledVectors[], smoothness: number): SmoothInterpolant {
  return {
    kind: 'smooth-interpolant',
    smoothness,
    points: samples.map(({ at, gradient, value }) => ({
      center: at.map((x, i) => x - gradient[i] / smoothness),
      value: value - inner(gradient, gradient) / (2 * smoothness),
    })),
  };
}

/** The vector, scaled down to the given norm where it is longer (by a few units in the last place less). */
function shortened(vector: readonly number[], longest: number): number[] {
  const norm = Math.sqrt(inner(vector, vector)) * (1 + (vector.length + 4) * 2 ** -53);
  return norm > longest ? vector.map((x) => (x * longest * (1 - 2 ** -50)) / norm) : [...vector];
}
