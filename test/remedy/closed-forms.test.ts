import { EigenvalueDecomposition, inverse, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { stream } from '../../src/base/random-stream.js';
import { parseProblem } from '../../src/convex/problem/parse.js';
import type { ProblemFile } from '../../src/convex/problem/format.js';
import { compareRemedies, type RemedyComparison } from '../../src/remedy/compare.js';
import type { RemedyRow } from '../../src/remedy/row.js';
import { gapAt } from '../../src/remedy/judge.js';
import { remedyBound } from '../../src/theory/remedy-bound.js';
import { remedies } from '../../src/remedy/index.js';
import { isReason, type Limit } from '../../src/remedy/limit.js';
import { setup, type Setup } from '../../src/remedy/setup.js';

/** A pair of quadratics with random Hessians, which do not commute, and its matrices. */
function randomPair(dimension: number, seed: number) {
  const { normal } = stream(seed, 'test-remedies');
  const vector = () => Array.from({ length: dimension }, normal);
  const objective = () => {
    const root = new Matrix(Array.from({ length: dimension + 2 }, vector));
    const hessian = root.transpose().mmul(root).div(dimension).add(Matrix.eye(dimension).mul(0.2));
    return { hessian, minimizer: Matrix.columnVector(vector()) };
  };
  const [dpo, sft] = [objective(), objective()];
  const inFile = ({ hessian, minimizer }: typeof dpo) => ({
    hessian: hessian.to2DArray(),
    minimizer: minimizer.to1DArray(),
    noise: 0,
  });
  const file: ProblemFile = {
    kind: 'quadratic',
    objectives: { dpo: inFile(dpo), sft: inFile(sft) },
    start: vector(),
  };
  return { dpo, sft, file };
}

const pairs = [2, 3, 4, 5].map((dimension) => ({ dimension, ...randomPair(dimension, dimension) }));

function limitOf(at: Setup, name: string, value?: unknown): Limit {
  const found = remedies[name].limit(at, value);
  if (isReason(found)) throw new Error(`${name}: ${found.reason}`);
  return found;
}

function rowsNamed({ remedies: rows }: RemedyComparison, name: string, chosen?: string): RemedyRow[] {
  return rows.filter((row) => row.name === name && (chosen === undefined || row.chosen === chosen));
}

describe.each(pairs)('quadratics in R^$dimension', ({ dimension, dpo, sft, file }) => {
  const lambda = 0.3;
  const [aD, aS] = [dpo.hessian, sft.hessian];
  const aL = Matrix.add(Matrix.mul(aD, lambda), Matrix.mul(aS, 1 - lambda));
  const d = Matrix.sub(dpo.minimizer, sft.minimizer);
  const form = (m: Matrix, v: Matrix): number => v.transpose().mmul(m).mmul(v).get(0, 0);
  const gapOf = (theta: ArrayLike<number>): number => {
    const best = inverse(aL).mmul(
      Matrix.add(aD.mmul(dpo.minimizer).mul(lambda), aS.mmul(sft.minimizer).mul(1 - lambda)),
    );
    return form(aL, Matrix.sub(Matrix.columnVector(Array.from(theta)), best)) / 2;
  };
  const near = (actual: number, expected: number): void => {
    expect(Math.abs(actual - expected)).toBeLessThan(1e-11 * Math.max(1, Math.abs(expected)));
  };
  const prepared = async (): Promise<Setup> =>
    setup(await parseProblem(file), { lambda, steps: 60, stepSize: '0.05', seeds: 1 });

  it('Sequential, the anchors, averages and the subspace end where their closed forms say', async () => {
    const at = await prepared();
    near(
      gapAt(at, limitOf(at, 'sequential').minimizer),
      ((1 - lambda) ** 2 / 2) * form(aS.mmul(inverse(aL)).mmul(aS), d),
    );
    const kappa = (1 - lambda) / lambda;
    for (const [name, p] of [
      ['l2-anchor', Matrix.eye(dimension)],
      ['ewc-anchor', Matrix.diag(aS.diagonal())],
      ['laplace-anchor', aS],
    ] as const) {
      for (const strength of [0, 0.4, kappa, 30]) {
        const { minimizer, certificate } = limitOf(at, name, strength);
        // (A_D + κP)θ = A_Dθ_D + κPθ_S.
        const right = Matrix.add(aD.mmul(dpo.minimizer), p.mmul(sft.minimizer).mul(strength));
        const theta = inverse(Matrix.add(aD, Matrix.mul(p, strength))).mmul(right);
        near(gapAt(at, minimizer), gapOf(theta.to1DArray()));
        expect(certificate).toBeLessThan(1e-12);
      }
    }
    // The Laplace anchor by theory, and the average weighed by the Hessians, are θ_λ* itself.
    expect(gapAt(at, limitOf(at, 'laplace-anchor', kappa).minimizer)).toBeLessThan(1e-14);
    expect(gapAt(at, limitOf(at, 'fisher-average').minimizer)).toBeLessThan(1e-14);
    for (const a of [0, 0.3, 1]) {
      const theta = Matrix.add(sft.minimizer, Matrix.mul(d, a)).to1DArray();
      near(gapAt(at, limitOf(at, 'average', a).minimizer), gapOf(theta));
    }
    // θ_S + B(BᵀA_D B)⁻¹BᵀA_D d.
    const { eigenvectorMatrix, realEigenvalues } = new EigenvalueDecomposition(aD, { assumeSymmetric: true });
    const order = realEigenvalues.map((_, k) => k).sort((j, k) => realEigenvalues[k] - realEigenvalues[j]);
    for (let rank = 1; rank <= dimension; rank++) {
      const b = eigenvectorMatrix.subMatrixColumn(order.slice(0, rank));
      const bt = b.transpose();
      const z = inverse(bt.mmul(aD).mmul(b)).mmul(bt).mmul(aD).mmul(d);
      near(gapAt(at, limitOf(at, 'subspace', rank).minimizer), gapOf(Matrix.add(sft.minimizer, b.mmul(z)).to1DArray()));
    }
  });

  it('the best checkpoint is a point of the path in closed form, and no other of it is lower', async () => {
    const at = await prepared();
    const steps = remedies['best-checkpoint'].parameter?.best?.(at) as number;
    const power = (n: number): Matrix => {
      const factor = Matrix.sub(Matrix.eye(dimension), Matrix.mul(aD, 0.05));
      return Array.from({ length: n }).reduce<Matrix>((product) => product.mmul(factor), Matrix.eye(dimension));
    };
    const pathGap = (n: number): number => gapOf(Matrix.sub(dpo.minimizer, power(n).mmul(d)).to1DArray());
    near(gapAt(at, limitOf(at, 'best-checkpoint', steps).minimizer), pathGap(steps));
    const all = Array.from({ length: 31 }, (_, n) => pathGap(n));
    expect(pathGap(steps)).toBe(Math.min(...all));
  });

  it('hindsight finds the best average of the closed form, and nothing better than a gap of zero', async () => {
    const compared = compareRemedies(await prepared(), { only: ['average', 'replay', 'l2-anchor'] });
    const [best] = rowsNamed(compared, 'average', 'hindsight');
    near(
      best.limit?.gap ?? NaN,
      (lambda ** 2 / 2) * (form(aD.mmul(inverse(aL)).mmul(aD), d) - form(aD, d) ** 2 / form(aL, d)),
    );
    expect(best.parameters.average).toBeCloseTo((lambda * form(aD, d)) / form(aL, d), 5);
    expect(rowsNamed(compared, 'replay').map(({ parameters }) => parameters)).toEqual([
      { replay: 0.7 },
      { replay: 0.7 },
    ]);
    const [tuned] = rowsNamed(compared, 'l2-anchor', 'hindsight');
    const kappas = Array.from({ length: 4000 }, (_, i) => 10 ** (i / 500 - 4));
    const at = await prepared();
    const least = Math.min(...kappas.map((kappa) => gapAt(at, limitOf(at, 'l2-anchor', kappa).minimizer)));
    expect(tuned.limit?.gap).toBeLessThanOrEqual(least + 1e-9);
  });

  it('runs without noise end at the limits', async () => {
    const at = setup(await parseProblem(file), { lambda, steps: 6000, stepSize: '0.1', seeds: 1 });
    const deterministic = ['sequential', 'l2-anchor', 'ewc-anchor', 'laplace-anchor', 'average', 'fisher-average'];
    for (const row of compareRemedies(at, { only: [...deterministic, 'subspace', 'mix', 'cagrad'] }).remedies) {
      expect(row.measured?.gap.mean, row.name).toBeCloseTo(row.limit?.gap ?? NaN, 8);
    }
  });

  it('the bound holds for every limit, and every gap is at least zero', async () => {
    const compared = compareRemedies(await prepared(), { boundOf: remedyBound });
    expect(new Set(compared.remedies.map(({ name }) => name))).toEqual(new Set(Object.keys(remedies)));
    for (const { name, limit, bound, boundedBy, measured, curve } of compared.remedies) {
      const bounded = boundedBy?.of === 'run' ? measured?.gap.mean : limit?.gap;
      if (limit !== null) expect(bounded, name).toBeLessThanOrEqual((bound ?? NaN) * (1 + 1e-9) + 1e-14);
      for (const { gap } of curve) expect(gap).toBeGreaterThanOrEqual(0);
    }
    const gaps = compared.remedies.map(({ limit }) => limit?.gap ?? Infinity);
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
    expect(compared.sequentialGap).toBe(rowsNamed(compared, 'sequential')[0].limit?.gap);
  });
});
