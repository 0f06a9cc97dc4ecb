import { BorderedSystem } from './bordered-system.js';
import { inverseFromCholesky } from './cholesky.js';
import { multiply, symmetrise } from './dense.js';
import { adjoint, apply, schurComplement, type FlatProgramme } from './flat-programme.js';
import type { PrimalDualPoint } from './primal-dual-point.js';
import type { Residuals } from './residuals.js';

/** The linear system of the HKM direction at a point that moves: factored once at each place, solved for each direction. */
export class SearchDirection {
  private readonly dualInverse: Float64Array;
  private readonly schur: Float64Array;
  private readonly bordered: BorderedSystem;
  private readonly right: Float64Array;
  private readonly constant: Float64Array;
  private readonly work: Float64Array;
  private readonly product: Float64Array;

  constructor(
    private readonly flat: FlatProgramme,
    private readonly point: PrimalDualPoint,
    private readonly residuals: Residuals,
  ) {
    const { n, m } = flat;
    this.dualInverse = new Float64Array(n * n);
    this.schur = new Float64Array(m * m);
    this.bordered = new BorderedSystem(flat, this.schur);
    this.right = new Float64Array(m);
    this.constant = new Float64Array(n * n);
    this.work = new Float64Array(n * n);
    this.product = new Float64Array(n * n);
  }

  /**
   * Takes in where the point is now.
   * @param dualFactor the Cholesky factor of its Z
   * @returns false where the Schur complement is not positive definite
   */
  factor(dualFactor: Float64Array): boolean {
    const { flat, schur, dualInverse, work, product } = this;
    const { n, m, inequality } = flat;
    const { gram, slack, multipliers } = this.point;
    inverseFromCholesky(dualFactor, n, dualInverse);
    schurComplement(flat, gram, dualInverse, work, product, schur);
    for (let k = 0; k < m; k++) if (inequality[k] === 1) schur[k * m + k] += slack[k] / multipliers[k];
    return this.bordered.factor();
  }

  /**
   * Sets `direction` to the one from the point to feasibility and to complementarity `target`.
   * @param predictor the direction whose second-order terms are taken into account (Mehrotra's corrector)
   */
  solve(target: number, predictor: PrimalDualPoint | undefined, direction: PrimalDualPoint): void {
    const { flat, residuals, dualInverse, bordered, right, constant, work, product } = this;
    const { n, m, inequality } = flat;
    const { gram, slack, multipliers } = this.point;
    const secondOrder = (k: number): number =>
      predictor === undefined ? 0 : predictor.slack[k] * predictor.multipliers[k];

    // R = target Z⁻¹ − G − G Rd Z⁻¹ − (corrector: dG_a dZ_a Z⁻¹), made symmetric.
    multiply(gram, residuals.dual, n, work);
    if (predictor !== undefined) {
      multiply(predictor.gram, predictor.dual, n, product);
      for (let e = 0; e < n * n; e++) work[e] += product[e];
    }
    multiply(work, dualInverse, n, constant);
    symmetrise(constant, n);
    for (let e = 0; e < n * n; e++) constant[e] = target * dualInverse[e] - gram[e] - constant[e];
    apply(flat, constant, right);
    for (let k = 0; k < m; k++) {
      right[k] -= residuals.primal[k];
      if (inequality[k] === 1) right[k] += (target - secondOrder(k)) / multipliers[k] - slack[k];
    }
    bordered.solve(right, residuals.free, direction.multipliers, direction.free);

    // dG = R − sym(G (dZ − Rd) Z⁻¹): R already holds the part of Rd.
    adjoint(flat, direction.multipliers, direction.dual);
    for (let e = 0; e < n * n; e++) {
      direction.dual[e] += residuals.dual[e];
      product[e] = direction.dual[e] - residuals.dual[e];
    }
    multiply(gram, product, n, work);
    multiply(work, dualInverse, n, product);
    symmetrise(product, n);
    for (let e = 0; e < n * n; e++) direction.gram[e] = constant[e] - product[e];
    for (let k = 0; k < m; k++) {
      direction.slack[k] =
        inequality[k] === 1
          ? (target - secondOrder(k) - slack[k] * direction.multipliers[k]) / multipliers[k] - slack[k]
          : 0;
    }
  }
}
