import {
  cholesky,
  congruenceByInverse,
  inverseFromCholesky,
  multiply,
  smallestEigenvalue,
  solveLower,
  solveLowerTransposed,
} from './dense.js';
import { equilibrate } from './equilibration.js';
import type { SemidefiniteProgramme } from './semidefinite-programme.js';

/** A primal and dual point of a semidefinite programme; what an interior point method starts from and ends with. */
export interface InteriorPoint {
  /** G, order × order, row-major. */
  readonly gram: Float64Array;
  /** f. */
  readonly free: Float64Array;
  /** The slack of each constraint (0 for "equal"). */
  readonly slack: Float64Array;
  /** y, one multiplier a constraint. */
  readonly multipliers: Float64Array;
  /** Z, order × order, row-major. */
  readonly dual: Float64Array;
}

/** What the solver found, and how it ended. */
export interface InteriorPointResult extends InteriorPoint {
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
  readonly warmStart: InteriorPoint;
}

/** Settings of the solver. */
export interface InteriorPointOptions {
  /** Relative gap to reach, and ten times the relative residuals; 1e-8 unless given. */
  readonly tolerance?: number;
  readonly iterations?: number;
  /** A point of a programme of the same shape; rows beyond its own get fresh slacks and multipliers. */
  readonly start?: InteriorPoint;
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
  const programme = scaling.programme;
  const n = programme.order;
  const m = programme.constraints.length;
  const free = programme.free;
  const flat = flatten(programme);
  const { bound, inequality, objectiveFree } = flat;
  let inequalities = 0;
  for (let k = 0; k < m; k++) inequalities += inequality[k];

  const point = start === undefined ? coldStart(flat) : warmPoint(flat, scaling.scalePoint(start));
  const { gram, slack, multipliers, dual } = point;
  const f = point.free;
  const matrix = () => new Float64Array(n * n);
  const vector = () => new Float64Array(m);
  const [dualInverse, gramFactor, dualFactor, dGram, dDual, aGram, aDual] = Array.from({ length: 7 }, matrix);
  const [dualResidualMatrix, work1, work2, work3] = Array.from({ length: 4 }, matrix);
  const [primalResidual, right, dy, ds, ay, as, image] = Array.from({ length: 7 }, vector);
  const freeResidual = new Float64Array(free);
  const df = new Float64Array(free);
  const schur = new Float64Array(m * m);
  const solver = new BorderedSystem(flat, schur);
  const boundNorm = 1 + norm(bound);
  const costNorm = 1 + Math.hypot(norm(objectiveFree), norm(flat.cost));

  let status: InteriorPointResult['status'] = 'stalled';
  let warm: InteriorPoint = copyPoint(point);
  let primalError = Infinity;
  let dualError = Infinity;
  let primalObjective = 0;
  let dualObjective = 0;
  let iteration = 0;
  let bestScore = Infinity;
  let bestPrimalError = Infinity;
  let bestDualError = Infinity;
  let best: InteriorPoint = warm;
  let sinceBest = 0;
  for (; iteration < iterations; iteration++) {
    // Residuals.
    apply(flat, gram, image);
    for (let k = 0; k < m; k++) primalResidual[k] = bound[k] - image[k] - slack[k];
    addFree(flat, f, primalResidual, -1);
    adjoint(flat, multipliers, dualResidualMatrix);
    for (let e = 0; e < n * n; e++) dualResidualMatrix[e] -= flat.cost[e] + dual[e];
    freeResidual.set(objectiveFree);
    freeAdjoint(flat, multipliers, freeResidual, -1);

    primalObjective = inner(flat.cost, gram) + inner(objectiveFree, f);
    dualObjective = inner(bound, multipliers);
    const complementarity = inner(gram, dual) + slackProduct(slack, multipliers, inequality);
    const mu = complementarity / (n + inequalities);
    primalError = norm(primalResidual) / boundNorm;
    dualError = Math.hypot(norm(dualResidualMatrix), norm(freeResidual)) / costNorm;
    const gap = Math.abs(dualObjective - primalObjective) / (1 + Math.abs(primalObjective) + Math.abs(dualObjective));
    // Towards the end the residuals grow as the gap falls: an iterate is as good as the worse of both.
    const score = Math.max(10 * primalError, 10 * dualError, gap);
    onIteration?.(score);
    if (!Number.isFinite(score)) break;
    if (score < bestScore) {
      if (score < 0.7 * bestScore) sinceBest = 0;
      bestScore = score;
      best = copyPoint(point);
      bestPrimalError = primalError;
      bestDualError = dualError;
    }
    if (score > 0.1) warm = copyPoint(point);
    if (score < tolerance) {
      status = 'solved';
      break;
    }
    if (dualError < 1e-7 && scaling.objectiveInGivenUnits(dualObjective) < cutoff) {
      status = 'cut off';
      best = copyPoint(point);
      bestPrimalError = primalError;
      bestDualError = dualError;
      break;
    }
    if (++sinceBest > 8) break;

    // Factors.
    dualFactor.set(dual);
    gramFactor.set(gram);
    if (!cholesky(dualFactor, n) || !cholesky(gramFactor, n)) break;
    inverseFromCholesky(dualFactor, n, dualInverse);
    schurComplement(flat, gram, dualInverse, work1, work2, schur);
    for (let k = 0; k < m; k++) if (inequality[k] === 1) schur[k * m + k] += slack[k] / multipliers[k];
    if (!solver.factor()) break;

    // Predictor: the direction to complementarity 0.
    const direction = (target: number, corrected: boolean): void => {
      // R = target Z⁻¹ − G − G Rd Z⁻¹ − (corrector: dG_a dZ_a Z⁻¹), made symmetric.
      multiply(gram, dualResidualMatrix, n, work1);
      if (corrected) {
        multiply(aGram, aDual, n, work2);
        for (let e = 0; e < n * n; e++) work1[e] += work2[e];
      }
      multiply(work1, dualInverse, n, work2);
      symmetrise(work2, n);
      for (let e = 0; e < n * n; e++) work2[e] = target * dualInverse[e] - gram[e] - work2[e];
      apply(flat, work2, right);
      for (let k = 0; k < m; k++) {
        right[k] -= primalResidual[k];
        if (inequality[k] === 1) {
          right[k] += (target - (corrected ? as[k] * ay[k] : 0)) / multipliers[k] - slack[k];
        }
      }
      solver.solve(right, freeResidual, dy, df);
      adjoint(flat, dy, dDual);
      for (let e = 0; e < n * n; e++) dDual[e] += dualResidualMatrix[e];
      // dG = R − sym(G (dZ − Rd) Z⁻¹): R already holds the part of Rd.
      for (let e = 0; e < n * n; e++) work3[e] = dDual[e] - dualResidualMatrix[e];
      multiply(gram, work3, n, work1);
      multiply(work1, dualInverse, n, work3);
      symmetrise(work3, n);
      for (let e = 0; e < n * n; e++) dGram[e] = work2[e] - work3[e];
      for (let k = 0; k < m; k++) {
        ds[k] =
          inequality[k] === 1
            ? (target - (corrected ? as[k] * ay[k] : 0) - slack[k] * dy[k]) / multipliers[k] - slack[k]
            : 0;
      }
    };
    const primalStep = (): number =>
      Math.min(matrixStep(gramFactor, dGram, n, work1), vectorStep(slack, ds, inequality));
    const dualStep = (): number =>
      Math.min(matrixStep(dualFactor, dDual, n, work1), vectorStep(multipliers, dy, inequality));

    direction(0, false);
    const predictedPrimal = Math.min(1, primalStep());
    const predictedDual = Math.min(1, dualStep());
    aGram.set(dGram);
    aDual.set(dDual);
    as.set(ds);
    ay.set(dy);
    let predicted = 0;
    for (let e = 0; e < n * n; e++) {
      predicted += (gram[e] + predictedPrimal * dGram[e]) * (dual[e] + predictedDual * dDual[e]);
    }
    for (let k = 0; k < m; k++) {
      if (inequality[k] === 1) {
        predicted += (slack[k] + predictedPrimal * ds[k]) * (multipliers[k] + predictedDual * dy[k]);
      }
    }
    const ratio = Math.max(0, predicted / complementarity);
    const shortest = Math.min(predictedPrimal, predictedDual);
    const exponent = shortest > 1 / Math.sqrt(3) ? Math.max(1, 3 * shortest * shortest) : 1;
    const centring = Math.min(1, Math.max(1e-6, Math.pow(ratio, exponent)));
    direction(centring * mu, true);
    const damping = 0.9 + 0.08 * shortest;
    const alpha = Math.min(1, damping * primalStep());
    const beta = Math.min(1, damping * dualStep());
    if (!(alpha > 1e-10) && !(beta > 1e-10)) break;
    for (let e = 0; e < n * n; e++) {
      gram[e] += alpha * dGram[e];
      dual[e] += beta * dDual[e];
    }
    for (let k = 0; k < m; k++) {
      slack[k] += alpha * ds[k];
      multipliers[k] += beta * dy[k];
    }
    for (let j = 0; j < free; j++) f[j] += alpha * df[j];
  }
  return {
    ...scaling.unscalePoint(best),
    status,
    primalObjective: scaling.objectiveInGivenUnits(inner(flat.cost, best.gram) + inner(objectiveFree, best.free)),
    dualObjective: scaling.objectiveInGivenUnits(inner(bound, best.multipliers)),
    primalResidual: bestPrimalError,
    dualResidual: bestDualError,
    iterations: iteration,
    warmStart: scaling.unscalePoint(warm),
  };
}

/** The programme as flat arrays. */
interface Flat {
  readonly n: number;
  readonly m: number;
  readonly free: number;
  readonly pointer: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly value: Float64Array;
  readonly freePointer: Int32Array;
  readonly freeIndex: Int32Array;
  readonly freeValue: Float64Array;
  readonly bound: Float64Array;
  /** 1 for "at most", 0 for "equal". */
  readonly inequality: Uint8Array;
  readonly cost: Float64Array;
  readonly objectiveFree: Float64Array;
}

function flatten(programme: SemidefiniteProgramme): Flat {
  const { order: n, free, constraints, objective } = programme;
  const m = constraints.length;
  const pointer = new Int32Array(m + 1);
  const freePointer = new Int32Array(m + 1);
  constraints.forEach((constraint, k) => {
    pointer[k + 1] = pointer[k] + constraint.matrix.values.length;
    freePointer[k + 1] = freePointer[k] + constraint.free.values.length;
  });
  const cost = new Float64Array(n * n);
  const { rows, columns, values } = objective.matrix;
  values.forEach((value, e) => {
    cost[rows[e] * n + columns[e]] = value;
    cost[columns[e] * n + rows[e]] = value;
  });
  const objectiveFree = new Float64Array(free);
  objective.free.values.forEach((value, e) => (objectiveFree[objective.free.indices[e]] = value));
  return {
    n,
    m,
    free,
    pointer,
    row: Int32Array.from(constraints.flatMap((constraint) => constraint.matrix.rows)),
    column: Int32Array.from(constraints.flatMap((constraint) => constraint.matrix.columns)),
    value: Float64Array.from(constraints.flatMap((constraint) => constraint.matrix.values)),
    freePointer,
    freeIndex: Int32Array.from(constraints.flatMap((constraint) => constraint.free.indices)),
    freeValue: Float64Array.from(constraints.flatMap((constraint) => constraint.free.values)),
    bound: Float64Array.from(constraints.map((constraint) => constraint.bound)),
    inequality: Uint8Array.from(constraints.map((constraint) => (constraint.sense === 'at most' ? 1 : 0))),
    cost,
    objectiveFree,
  };
}

/** A multiple of the identity on either side, large enough for the data (the rule of CSDP, Borchers 1999). */
function coldStart(flat: Flat): InteriorPoint {
  const { n, m, free, pointer, value, bound, cost } = flat;
  let primal = 0;
  let largest = norm(cost);
  for (let k = 0; k < m; k++) {
    let squared = 0;
    for (let e = pointer[k]; e < pointer[k + 1]; e++) squared += value[e] * value[e];
    const size = Math.sqrt(squared);
    primal = Math.max(primal, (1 + Math.abs(bound[k])) / (1 + size));
    largest = Math.max(largest, size);
  }
  const gramScale = 10 * Math.max(1, primal) * Math.sqrt(n);
  const dualScale = 10 * (1 + largest);
  const identity = (scale: number): Float64Array => {
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) matrix[i * n + i] = scale;
    return matrix;
  };
  const slack = new Float64Array(m);
  const multipliers = new Float64Array(m);
  for (let k = 0; k < m; k++) {
    if (flat.inequality[k] === 0) continue;
    slack[k] = gramScale;
    multipliers[k] = dualScale / 10;
  }
  return { gram: identity(gramScale), free: new Float64Array(free), slack, multipliers, dual: identity(dualScale) };
}

/** The given point, its missing rows filled, and everything kept away from the boundary. */
function warmPoint(flat: Flat, start: InteriorPoint): InteriorPoint {
  const { n, m, free, inequality } = flat;
  const point = {
    gram: start.gram.slice(),
    free: new Float64Array(free),
    slack: new Float64Array(m),
    multipliers: new Float64Array(m),
    dual: start.dual.slice(),
  };
  point.free.set(start.free.subarray(0, free));
  let mu = inner(point.gram, point.dual);
  let count = n;
  for (let k = 0; k < start.slack.length; k++) {
    if (inequality[k] === 0) continue;
    mu += start.slack[k] * start.multipliers[k];
    count++;
  }
  const middle = Math.sqrt(mu / count);
  for (let k = 0; k < m; k++) {
    const known = k < start.slack.length;
    point.multipliers[k] = known ? start.multipliers[k] : 0;
    if (inequality[k] === 0) continue;
    point.slack[k] = known ? start.slack[k] : middle;
    if (!known) point.multipliers[k] = middle;
  }
  return point;
}

function copyPoint(point: InteriorPoint): InteriorPoint {
  return {
    gram: point.gram.slice(),
    free: point.free.slice(),
    slack: point.slack.slice(),
    multipliers: point.multipliers.slice(),
    dual: point.dual.slice(),
  };
}

/** result_k = ⟨A_k, X⟩ for a symmetric X. */
function apply(flat: Flat, x: Float64Array, result: Float64Array): void {
  const { n, m, pointer, row, column, value } = flat;
  for (let k = 0; k < m; k++) {
    let sum = 0;
    for (let e = pointer[k]; e < pointer[k + 1]; e++) {
      const product = value[e] * x[row[e] * n + column[e]];
      sum += row[e] === column[e] ? product : 2 * product;
    }
    result[k] = sum;
  }
}

/** result = Σ y_k A_k, symmetric and dense. */
function adjoint(flat: Flat, y: Float64Array, result: Float64Array): void {
  const { n, m, pointer, row, column, value } = flat;
  result.fill(0);
  for (let k = 0; k < m; k++) {
    for (let e = pointer[k]; e < pointer[k + 1]; e++) result[row[e] * n + column[e]] += y[k] * value[e];
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) result[j * n + i] = result[i * n + j];
}

/** result_k += sign · a_kᵀ f. */
function addFree(flat: Flat, f: Float64Array, result: Float64Array, sign: number): void {
  const { m, freePointer, freeIndex, freeValue } = flat;
  for (let k = 0; k < m; k++) {
    for (let e = freePointer[k]; e < freePointer[k + 1]; e++) result[k] += sign * freeValue[e] * f[freeIndex[e]];
  }
}

/** result += sign · Σ y_k a_k. */
function freeAdjoint(flat: Flat, y: Float64Array, result: Float64Array, sign: number): void {
  const { m, freePointer, freeIndex, freeValue } = flat;
  for (let k = 0; k < m; k++) {
    for (let e = freePointer[k]; e < freePointer[k + 1]; e++) result[freeIndex[e]] += sign * y[k] * freeValue[e];
  }
}

/** The lower triangle of M_kl = ⟨A_k, G A_l Z⁻¹⟩, which is symmetric. */
function schurComplement(
  flat: Flat,
  gram: Float64Array,
  dualInverse: Float64Array,
  product: Float64Array,
  u: Float64Array,
  schur: Float64Array,
): void {
  const { n, m, pointer, row, column, value } = flat;
  const touched = new Int32Array(n);
  const isTouched = new Uint8Array(n);
  for (let l = 0; l < m; l++) {
    // The rows of A_l Z⁻¹ that are not zero.
    let count = 0;
    const touch = (i: number): void => {
      if (isTouched[i] === 1) return;
      isTouched[i] = 1;
      touched[count++] = i;
      product.fill(0, i * n, i * n + n);
    };
    for (let e = pointer[l]; e < pointer[l + 1]; e++) {
      const p = row[e];
      const q = column[e];
      touch(p);
      for (let j = 0; j < n; j++) product[p * n + j] += value[e] * dualInverse[q * n + j];
      if (p === q) continue;
      touch(q);
      for (let j = 0; j < n; j++) product[q * n + j] += value[e] * dualInverse[p * n + j];
    }
    u.fill(0);
    for (let t = 0; t < count; t++) {
      const p = touched[t];
      isTouched[p] = 0;
      for (let i = 0; i < n; i++) {
        const factor = gram[i * n + p];
        for (let j = 0; j < n; j++) u[i * n + j] += factor * product[p * n + j];
      }
    }
    for (let k = l; k < m; k++) {
      let sum = 0;
      for (let e = pointer[k]; e < pointer[k + 1]; e++) {
        const p = row[e];
        const q = column[e];
        sum += p === q ? value[e] * u[p * n + p] : value[e] * (u[p * n + q] + u[q * n + p]);
      }
      schur[k * m + l] = sum;
    }
  }
}

/** The system M Δy − a Δf = h, aᵀΔy = r, solved through M's Cholesky factor, with iterative refinement. */
class BorderedSystem {
  private readonly factorised: Float64Array;
  private readonly columns: Float64Array;
  private readonly small: Float64Array;
  private readonly residual: Float64Array;
  private readonly smallResidual: Float64Array;
  private readonly correction: Float64Array;
  private readonly smallCorrection: Float64Array;

  constructor(
    private readonly flat: Flat,
    private readonly schur: Float64Array,
  ) {
    const { m, free } = flat;
    this.factorised = new Float64Array(m * m);
    this.columns = new Float64Array(free * m);
    this.small = new Float64Array(free * free);
    this.residual = new Float64Array(m);
    this.smallResidual = new Float64Array(free);
    this.correction = new Float64Array(m);
    this.smallCorrection = new Float64Array(free);
  }

  /** Factors the current Schur complement; false where it is not positive definite even with a tiny ridge. */
  factor(): boolean {
    const { flat, schur, factorised, columns, small } = this;
    const { m, free } = flat;
    let done = false;
    for (let ridge = 0; !done && ridge < 1e-6; ridge = ridge === 0 ? 1e-15 : ridge * 100) {
      factorised.set(schur);
      if (ridge > 0) for (let k = 0; k < m; k++) factorised[k * m + k] *= 1 + ridge;
      done = cholesky(factorised, m);
    }
    if (!done) return false;
    // Row j of `columns` is L⁻¹ a_j, so that aᵀ M⁻¹ a is their Gram matrix.
    columns.fill(0);
    for (let k = 0; k < m; k++) {
      for (let e = flat.freePointer[k]; e < flat.freePointer[k + 1]; e++) {
        columns[flat.freeIndex[e] * m + k] += flat.freeValue[e];
      }
    }
    for (let j = 0; j < free; j++) solveLower(factorised, m, columns, j * m);
    for (let i = 0; i < free; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k < m; k++) sum += columns[i * m + k] * columns[j * m + k];
        small[i * free + j] = i === j ? sum * (1 + 1e-15) : sum;
      }
    }
    return cholesky(small, free);
  }

  /** Solves for (Δy, Δf). */
  solve(h: Float64Array, r: Float64Array, dy: Float64Array, df: Float64Array): void {
    const { flat, schur, residual, smallResidual, correction, smallCorrection } = this;
    const { m } = flat;
    dy.fill(0);
    df.fill(0);
    residual.set(h);
    smallResidual.set(r);
    let previous = Infinity;
    for (let round = 0; round < 3; round++) {
      this.solveOnce(residual, smallResidual, correction, smallCorrection);
      for (let k = 0; k < m; k++) dy[k] += correction[k];
      for (let j = 0; j < df.length; j++) df[j] += smallCorrection[j];
      // Residual of the full system; `schur` holds the lower triangle.
      residual.set(h);
      for (let k = 0; k < m; k++) {
        let sum = schur[k * m + k] * dy[k];
        for (let l = 0; l < k; l++) {
          sum += schur[k * m + l] * dy[l];
          residual[l] -= schur[k * m + l] * dy[k];
        }
        residual[k] -= sum;
      }
      addFree(flat, df, residual, 1);
      smallResidual.set(r);
      freeAdjoint(flat, dy, smallResidual, -1);
      const error = Math.hypot(norm(residual), norm(smallResidual));
      if (!(error < 0.5 * previous)) break;
      previous = error;
    }
  }

  private solveOnce(h: Float64Array, r: Float64Array, dy: Float64Array, df: Float64Array): void {
    const { factorised, columns, small, flat } = this;
    const { m, free } = flat;
    dy.set(h);
    solveLower(factorised, m, dy);
    for (let j = 0; j < free; j++) {
      let sum = r[j];
      for (let k = 0; k < m; k++) sum -= columns[j * m + k] * dy[k];
      df[j] = sum;
    }
    solveLower(small, free, df);
    solveLowerTransposed(small, free, df);
    for (let j = 0; j < free; j++) for (let k = 0; k < m; k++) dy[k] += columns[j * m + k] * df[j];
    solveLowerTransposed(factorised, m, dy);
  }
}

/** The largest step for which X + step · D stays positive semidefinite, given X's Cholesky factor. */
function matrixStep(factor: Float64Array, direction: Float64Array, n: number, work: Float64Array): number {
  congruenceByInverse(factor, direction, n, work);
  symmetrise(work, n);
  const least = smallestEigenvalue(work, n);
  return least < 0 ? -1 / least : Infinity;
}

function vectorStep(x: Float64Array, dx: Float64Array, inequality: Uint8Array): number {
  let step = Infinity;
  for (let k = 0; k < x.length; k++) if (inequality[k] === 1 && dx[k] < 0) step = Math.min(step, -x[k] / dx[k]);
  return step;
}

function slackProduct(slack: Float64Array, multipliers: Float64Array, inequality: Uint8Array): number {
  let sum = 0;
  for (let k = 0; k < slack.length; k++) if (inequality[k] === 1) sum += slack[k] * multipliers[k];
  return sum;
}

function symmetrise(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = (a[i * n + j] + a[j * n + i]) / 2;
      a[i * n + j] = mean;
      a[j * n + i] = mean;
    }
  }
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let e = 0; e < a.length; e++) sum += a[e] * b[e];
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(inner(a, a));
}
