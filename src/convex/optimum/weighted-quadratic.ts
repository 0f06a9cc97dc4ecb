import { components } from '../matrix/components.js';
import { PreciseSum } from '../matrix/precise-sum.js';
import { canEliminate, dyadic, eliminate, matrixVector, plus, times, type Dyadic } from '../matrix/rational.js';
import type { KnownMatrix } from '../matrix/verified-factor.js';
import type { QuadraticData } from '../problem/data.js';
import type { ObjectiveName } from '../../schedule/schedule.js';
import { exactWeights } from './weighted-function.js';

const names: readonly ObjectiveName[] = ['dpo', 'sft'];

/** λA_DPO + (1 − λ)A_SFT in twice the precision of doubles. */
export function weightedHessian({ dimension, objectives }: QuadraticData, lambda: number): KnownMatrix {
  const [high, low] = [new Float64Array(dimension ** 2), new Float64Array(dimension ** 2)];
  const weights = exactWeights(lambda);
  const used = names.map((name, k) => ({ ...weights[k], hessian: objectives[name].hessian }));
  let largestRow = 0;
  for (let i = 0; i < dimension; i++) {
    let row = 0;
    for (let j = 0; j < dimension; j++) {
      const at = i * dimension + j;
      const sum = new PreciseSum();
      for (const weight of used) {
        sum.addProduct(weight.high, weight.hessian[at]);
        if (weight.low !== 0) sum.addProduct(weight.low, weight.hessian[at]);
      }
      [high[at], low[at]] = sum.parts;
      row += sum.error;
    }
    largestRow = Math.max(largestRow, row);
  }
  return { dimension, high, low, error: largestRow * (1 + dimension * Number.EPSILON) };
}

/**
 * F_λ(θ) − min F_λ on R^d in exact arithmetic, rounded up: ½ gᵀ A_λ⁺ g, by rational elimination of every block into
 * which A_λ falls apart. Undefined where a block is too large for that, Infinity where F_λ has no minimum.
 */
export function exactSuboptimality(data: QuadraticData, lambda: number, theta: Float64Array): number | undefined {
  const { dimension, objectives } = data;
  const point = dyadic(theta);
  const weights: Readonly<Record<ObjectiveName, Dyadic>> = {
    dpo: dyadic([lambda]),
    sft: plus(dyadic([1]), dyadic([-lambda])),
  };
  const connected = (i: number, j: number): boolean =>
    names.some((name) => objectives[name].hessian[i * dimension + j] !== 0);
  let total = 0;
  for (const block of components(dimension, connected)) {
    const parts = names.map((name) => {
      const { hessian, minimizer } = objectives[name];
      const matrix = dyadic(block.flatMap((i) => block.map((j) => hessian[i * dimension + j])));
      const displacement = plus(
        { integers: block.map((i) => point.integers[i]), exponent: point.exponent },
        dyadic(block.map((i) => -minimizer[i])),
      );
      return {
        matrix: times(matrix, weights[name]),
        gradient: times(matrixVector(matrix, displacement), weights[name]),
      };
    });
    const matrix = plus(parts[0].matrix, parts[1].matrix);
    if (!canEliminate(matrix)) return undefined;
    const eliminated = eliminate(matrix, plus(parts[0].gradient, parts[1].gradient));
    if (eliminated === 'indefinite') return Infinity;
    total += eliminated.halfInverseForm;
  }
  return total * (1 + dimension * Number.EPSILON);
}
