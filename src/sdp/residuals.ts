import { inner, norm } from '../base/vector.js';
import { addFree, adjoint, apply, freeAdjoint, type FlatProgramme } from './flat-programme.js';
import type { PrimalDualPoint } from './primal-dual-point.js';

/** What a point lacks of feasibility. */
export interface Residuals {
  /** b − A(G) − a f − s, one a constraint. */
  readonly primal: Float64Array;
  /** Σ y_k A_k − C − Z, order × order. */
  readonly dual: Float64Array;
  /** c − Σ y_k a_k, one a free variable. */
  readonly free: Float64Array;
}

/** Residuals yet to be set. */
export function zeroResiduals({ n, m, free }: FlatProgramme): Residuals {
  return { primal: new Float64Array(m), dual: new Float64Array(n * n), free: new Float64Array(free) };
}

/** Sets the residuals to those of a point. */
export function setResiduals(flat: FlatProgramme, point: PrimalDualPoint, { primal, dual, free }: Residuals): void {
  const { n, m, bound, cost, objectiveFree } = flat;
  apply(flat, point.gram, primal);
  for (let k = 0; k < m; k++) primal[k] = bound[k] - primal[k] - point.slack[k];
  addFree(flat, point.free, primal, -1);
  adjoint(flat, point.multipliers, dual);
  for (let e = 0; e < n * n; e++) dual[e] -= cost[e] + point.dual[e];
  free.set(objectiveFree);
  freeAdjoint(flat, point.multipliers, free, -1);
}

/** The norms of the residuals relative to the data of the programme. */
export function relativeErrors(flat: FlatProgramme, residuals: Residuals): { primal: number; dual: number } {
  return {
    primal: norm(residuals.primal) / (1 + norm(flat.bound)),
    dual:
      Math.hypot(norm(residuals.dual), norm(residuals.free)) /
      (1 + Math.hypot(norm(flat.objectiveFree), norm(flat.cost))),
  };
}

/** ⟨C, G⟩ + cᵀf. */
export function primalValue(flat: FlatProgramme, { gram, free }: PrimalDualPoint): number {
  return inner(flat.cost, gram) + inner(flat.objectiveFree, free);
}

/** bᵀy. */
export function dualValue(flat: FlatProgramme, { multipliers }: PrimalDualPoint): number {
  return inner(flat.bound, multipliers);
}
