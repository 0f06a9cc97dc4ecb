import { solveSemidefinite, type InteriorPointResult } from '../../sdp/interior-point.js';
import type { PrimalDualPoint } from '../../sdp/primal-dual-point.js';
import type { EstimationProgramme } from './programme.js';
import { dot, innerProduct, type SemidefiniteProgramme } from '../../sdp/semidefinite-programme.js';

/** A solved estimation programme, its multipliers spread over all its constraints. */
export interface EstimationSolution {
  readonly gram: Float64Array;
  readonly free: Float64Array;
  readonly multipliers: Float64Array;
  readonly primalObjective: number;
  readonly status: InteriorPointResult['status'];
  readonly iterations: number;
  /** Constraints that were taken into the solver's programme. */
  readonly constraintsUsed: number;
  /** A point to start a programme of the same shape from; only where all constraints were taken. */
  readonly warmStart?: PrimalDualPoint;
}

/** Settings of the solution of an estimation programme. */
export interface EstimationOptions {
  /** From this many constraints on, the interpolation constraints join only as they are violated; 1000 unless given. */
  readonly takeAllUpTo?: number;
  readonly start?: PrimalDualPoint;
  readonly cutoff?: number;
  readonly onIteration?: (relativeGap: number) => void;
}

/**
 * Solves an estimation programme, large ones by constraint generation: the programme of the constraints in use is
 * solved, the violated ones join, until none is left.
 *
 * The multipliers of constraints left out are 0, so that the dual bound is one of the whole programme at every round;
 * the primal point satisfies every constraint to within half the margin when the rounds end.
 */
export function solveEstimation(
  estimation: EstimationProgramme,
  { takeAllUpTo = 1000, start, cutoff, onIteration }: EstimationOptions = {},
): EstimationSolution {
  const { programme, trueBounds, essential } = estimation;
  const m = programme.constraints.length;
  const solver = {
    ...(cutoff === undefined ? {} : { cutoff }),
    ...(onIteration === undefined ? {} : { onIteration }),
  };
  if (m <= takeAllUpTo) {
    const result = solveSemidefinite(programme, { ...solver, ...(start === undefined ? {} : { start }) });
    return { ...result, constraintsUsed: m };
  }
  let used = programme.constraints.flatMap((_, k) => (essential[k] ? [k] : []));
  let iterations = 0;
  let previous: PrimalDualPoint | undefined;
  for (;;) {
    const part: SemidefiniteProgramme = { ...programme, constraints: used.map((k) => programme.constraints[k]) };
    let result = solveSemidefinite(part, { ...solver, ...(previous === undefined ? {} : { start: previous }) });
    iterations += result.iterations;
    if (previous !== undefined && Math.max(result.primalResidual, result.dualResidual) > 1e-6) {
      // The warm start led into a corner; a cold one does not.
      result = solveSemidefinite(part, solver);
      iterations += result.iterations;
    }
    const inUse = new Set(used);
    const violated = programme.constraints.flatMap(({ matrix, free, bound }, k) => {
      if (inUse.has(k)) return [];
      const excess = innerProduct(matrix, result.gram, programme.order) + dot(free, result.free) - bound;
      return excess > 0.5 * (trueBounds[k] - bound) ? [{ k, excess }] : [];
    });
    if (violated.length === 0 || result.status === 'cut off') {
      const multipliers = new Float64Array(m);
      used.forEach((k, index) => (multipliers[k] = result.multipliers[index]));
      return {
        gram: result.gram,
        free: result.free,
        multipliers,
        primalObjective: result.primalObjective,
        status: result.status,
        iterations,
        constraintsUsed: used.length,
      };
    }
    violated.sort((a, b) => b.excess - a.excess);
    used = [...used, ...violated.slice(0, Math.max(20, Math.ceil(used.length / 2))).map(({ k }) => k)];
    previous = result.warmStart;
  }
}
