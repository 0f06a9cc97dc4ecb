import { cholesky, solveLower, solveLowerEach, solveLowerTransposed } from './cholesky.js';
import { norm } from '../base/vector.js';
import { addFree, freeAdjoint, type FlatProgramme } from './flat-programme.js';

/** The system M Δy − a Δf = h, aᵀΔy = r, solved through M's Cholesky factor, with iterative refinement. */
export class BorderedSystem {
  private readonly factorised: Float64Array;
  private readonly columns: Float64Array;
  private readonly small: Float64Array;
  private readonly residual: Float64Array;
  private readonly smallResidual: Float64Array;
  private readonly correction: Float64Array;
  private readonly smallCorrection: Float64Array;

  constructor(
    private readonly flat: FlatProgramme,
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
    solveLowerEach(factorised, columns, { stride: m, size: m, count: free });
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
