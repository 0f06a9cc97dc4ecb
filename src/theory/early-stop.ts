import { toEigenbasis } from '../convex/optimum/quadratic-model.js';
import { bestCheckpoint, stageTwoPath, type StageTwoPath } from '../remedy/stage-two-path.js';
import { constantSteps } from './described-run.js';
import type { QuadraticStages } from './quadratic-move.js';

/** Steps that the path of stage two is followed for. */
const followed = 2000;

/** The noiseless path of stage two with steps 1/L_2, and the number of steps after which F_λ is least on it. */
export function early({ setup, basis }: QuadraticStages): {
  readonly alpha: number;
  readonly best: number;
  readonly path: StageTwoPath;
} {
  const alpha = 1 / Math.max(...basis.values);
  const slow = {
    ...setup,
    split: [0, followed] as const,
    stepSizes: constantSteps(alpha, followed),
    shared: new Map(),
  };
  return { alpha, best: bestCheckpoint(slow), path: stageTwoPath(slow) };
}

/**
 * How far m* = w_2A_λ⁻¹A_2d, the move to θ_λ*, is from every move that steps of at most 1/L_2 on f_2 make, at least.
 * In the eigenbasis of A_2 such a move is φ_k d_k with 0 ≤ φ_j ≤ φ_k ≤ min(1, (a_k/a_j) φ_j) for a_j ≤ a_k, because
 * φ(a) = 1 − Π (1 − α_t a) rises and φ(a)/a falls; the distance from each of these half-planes is one from all of them.
 */
export function distanceFromStops({ basis, d, w_2, second, unweighted }: QuadraticStages): number {
  const wanted = toEigenbasis(
    basis,
    unweighted(second(d)).map((entry) => w_2 * entry),
  );
  const along = toEigenbasis(basis, d);
  const share = wanted.map((entry, k) => entry / along[k]);
  const order = Array.from(basis.values.keys())
    .filter((k) => Math.abs(along[k]) > 1e-9)
    .sort((a, b) => basis.values[a] - basis.values[b]);
  let farthest = 0;
  order.forEach((k, position) => {
    farthest = Math.max(farthest, (share[k] - 1) * Math.abs(along[k]), -share[k] * Math.abs(along[k]));
    for (const j of order.slice(0, position)) {
      const ratio = basis.values[k] / basis.values[j];
      farthest = Math.max(
        farthest,
        (share[j] - share[k]) / Math.hypot(1 / along[j], 1 / along[k]),
        (share[k] - ratio * share[j]) / Math.hypot(ratio / along[j], 1 / along[k]),
      );
    }
  });
  return farthest;
}
