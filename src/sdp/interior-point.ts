import { cholesky } from './cholesky.js';
import { inner } from '../base/vector.js';
import { equilibrate } from './equilibration.js';
import { flatten, type FlatProgramme } from './flat-programme.js';
import { coldStart, copyPoint, warmPoint, zeroPoint, type PrimalDualPoint } from './primal-dual-point.js';
import { dualValue, primalValue, relativeErrors, setResiduals, zeroResiduals } from './residuals.js';
import { SearchDirection } from './search-direction.js';
import type { SemidefiniteProgramme } from './semidefinite-programme.js';
import { matrixStep, vectorStep } from './step-length.js';

/** What the solver found, and how it ended. */
export interface InteriorPointResult extends PrimalDualPoint {
  /** 'solved': the gap and ten times the residuals are below the tolerance; 'stalled': no further progress was possible. */
  readonly status: 'solved' | 'stalled' | 'cut off';
  readonly primalObjective: number;
  readonly dualObjective: number;
  /** ‖b − A(G) − a f − s‖ / (1 + ‖b‖), of the equilibrated programme. */
  readonly primalResidual: number;
  /** The dual equations' residuals likewise. */
  readonly dualResidual: number;
  readonly iterations: number;
  /** The last iterate with residuals or gap above 0.1: central enough to start a neighbouring programme from. */
  readonly warmStart: PrimalDualPoint;
}

/** Settings of the solver. */
export interface InteriorPointOptions {
  /** Relative gap to reach, and ten times the relative residuals; 1e-8 unless given. */
  readonly tolerance?: number;
  readonly iterations?: number;
  /** A point of a programme of the same shape; rows beyond its own get fresh slacks and multipliers. */
  readonly start?: PrimalDualPoint;
  /** Stops as soon as the dual objective of a nearly dual feasible iterate falls below this value. */
  readonly cutoff?: number;
  /** Told the relative gap after each iteration. */
  readonly onIteration?: (relativeGap: number) => void;
}

/**
 * Solves a semidefinite programme by an infeasible primal–dual interior point method: the HKM direction
 * (Helmberg–Rendl–Vanderbei–Wolkowicz 1996, Kojima–Shindoh–Hara 1997, Monteiro 1997), Mehrotra's predictor and
 * corrector, one dense Schur complement in y that the free variables border, and iterative refinement.
 *
 * The programme is equilibrated first; the answer is in the given programme's units. It is approximate: bounds that
 * hold in spite of rounding come from `certifiedDualBound`.
 */
export function solveSemidefinite(
  given: SemidefiniteProgramme,
  { tolerance = 1e-8, iterations = 100, start, cutoff = -Infinity, onIteration }: InteriorPointOptions = {},
): InteriorPointResult {
  const scaling = equilibrate(given);
  const flat = flatten(scaling.programme);
  const { n } = flat;
  const point = start === undefined ? coldStart(flat) : warmPoint(flat, scaling.scalePoint(start));
  const residuals = zeroResiduals(flat);
  const count = n + flat.inequality.filter((at) => at === 1).length;
  const search = new SearchDirection(flat, point, residuals);
  const [predictor, direction] = [zeroPoint(flat), zeroPoint(flat)];
  const [gramFactor, dualFactor, work] = Array.from({ length: 3 }, () => new Float64Array(n * n));
  /** This share of the way to the boundary, and at most the whole direction. */
  const steps = (along: PrimalDualPoint, share: number): Steps => {
    const primal = matrixStep(gramFactor, along.gram, n, work);
    const dual = matrixStep(dualFactor, along.dual, n, work);
    return {
      primal: Math.min(1, share * Math.min(primal, vectorStep(point.slack, along.slack, flat.inequality))),
      dual: Math.min(1, share * Math.min(dual, vectorStep(point.multipliers, along.multipliers, flat.inequality))),
    };
  };

  let status: InteriorPointResult['status'] = 'stalled';
  let warm = copyPoint(point);
  let best = { point: warm, score: Infinity, errors: { primal: Infinity, dual: Infinity } };
  let sinceBest = 0;
  let iteration = 0;
  for (; iteration < iterations; iteration++) {
    setResiduals(flat, point, residuals);
    const errors = relativeErrors(flat, residuals);
    const [primal, dual] = [primalValue(flat, point), dualValue(flat, point)];
    const gap = Math.abs(dual - primal) / (1 + Math.abs(primal) + Math.abs(dual));
    // Towards the end the residuals grow as the gap falls: an iterate is as good as the worse of both.
    const score = Math.max(10 * errors.primal, 10 * errors.dual, gap);
    onIteration?.(score);
    if (!Number.isFinite(score)) break;
    if (score < best.score) {
      if (score < 0.7 * best.score) sinceBest = 0;
      best = { point: copyPoint(point), score, errors };
    }
    if (score > 0.1) warm = copyPoint(point);
    if (score < tolerance) {
      status = 'solved';
      break;
    }
    if (errors.dual < 1e-7 && scaling.objectiveInGivenUnits(dual) < cutoff) {
      status = 'cut off';
      best = { point: copyPoint(point), score, errors };
      break;
    }
    if (++sinceBest > 8) break;

    dualFactor.set(point.dual);
    gramFactor.set(point.gram);
    if (!cholesky(dualFactor, n) || !cholesky(gramFactor, n)) break;
    if (!search.factor(dualFactor)) break;
    search.solve(0, undefined, predictor);
    const predicted = steps(predictor, 1);
    const complementarity = inner(point.gram, point.dual) + slackProduct(flat, point);
    const remaining = predictedComplementarity(flat, point, predictor, predicted) / complementarity;
    const shortest = Math.min(predicted.primal, predicted.dual);
    search.solve(centring(remaining, shortest) * (complementarity / count), predictor, direction);
    const taken = steps(direction, 0.9 + 0.08 * shortest);
    if (!(taken.primal > 1e-10) && !(taken.dual > 1e-10)) break;
    move(point, direction, taken);
  }
  return {
    ...scaling.unscalePoint(best.point),
    status,
    primalObjective: scaling.objectiveInGivenUnits(primalValue(flat, best.point)),
    dualObjective: scaling.objectiveInGivenUnits(dualValue(flat, best.point)),
    primalResidual: best.errors.primal,
    dualResidual: best.errors.dual,
    iterations: iteration,
    warmStart: scaling.unscalePoint(warm),
  };
}

/** How far along a direction the primal and the dual variables go, 1 for all of it. */
interface Steps {
  readonly primal: number;
  readonly dual: number;
}

function slackProduct({ m, inequality }: FlatProgramme, { slack, multipliers }: PrimalDualPoint): number {
  let sum = 0;
  for (let k = 0; k < m; k++) if (inequality[k] === 1) sum += slack[k] * multipliers[k];
  return sum;
}

/** ⟨G, Z⟩ + sᵀy, steps along a direction from the point. */
function predictedComplementarity(
  { n, m, inequality }: FlatProgramme,
  point: PrimalDualPoint,
  along: PrimalDualPoint,
  { primal, dual }: Steps,
): number {
  let sum = 0;
  for (let e = 0; e < n * n; e++) {
    sum += (point.gram[e] + primal * along.gram[e]) * (point.dual[e] + dual * along.dual[e]);
  }
  for (let k = 0; k < m; k++) {
    if (inequality[k] === 0) continue;
    sum += (point.slack[k] + primal * along.slack[k]) * (point.multipliers[k] + dual * along.multipliers[k]);
  }
  return sum;
}

/** The share of the complementarity to aim at: the less, the further the predictor got. */
function centring(remaining: number, shortest: number): number {
  const exponent = shortest > 1 / Math.sqrt(3) ? Math.max(1, 3 * shortest * shortest) : 1;
  return Math.min(1, Math.max(1e-6, Math.pow(Math.max(0, remaining), exponent)));
}

function move(point: PrimalDualPoint, along: PrimalDualPoint, { primal, dual }: Steps): void {
  addTo(point.gram, along.gram, primal);
  addTo(point.slack, along.slack, primal);
  addTo(point.free, along.free, primal);
  addTo(point.dual, along.dual, dual);
  addTo(point.multipliers, along.multipliers, dual);
}

function addTo(x: Float64Array, dx: Float64Array, step: number): void {
  for (let e = 0; e < x.length; e++) x[e] += step * dx[e];
}
