import { normBound, PreciseSum, sumError } from '../matrix/precise-sum.js';
import type { ConvexFunction, PreciseEvaluation } from '../problem/problem.js';
import type { ObjectiveName } from '../../schedule/schedule.js';

/** Two convex functions of the same variables. */
export interface FunctionPair {
  readonly dimension: number;
  readonly objectives: Readonly<Record<ObjectiveName, ConvexFunction>>;
}

/** F_λ = λ f_DPO + (1 − λ) f_SFT; an objective of weight 0 is not evaluated. */
export function weightedFunction(problem: FunctionPair, lambda: number): ConvexFunction {
  const { dimension, objectives } = problem;
  const [weightOfDpo, weightOfSft] = exactWeights(lambda);
  const parts = [
    { weight: weightOfDpo.high, rest: 0, objective: objectives.dpo },
    { weight: weightOfSft.high, rest: weightOfSft.low, objective: objectives.sft },
  ].filter(({ weight }) => weight > 0);
  const [vector, matrix] = [new Float64Array(dimension), new Float64Array(dimension * dimension)];
  return {
    value: (theta) => parts.reduce((sum, { weight, objective }) => sum + weight * objective.value(theta), 0),
    gradient(theta, gradient) {
      gradient.fill(0);
      let sum = 0;
      for (const { weight, objective } of parts) {
        sum += weight * objective.gradient(theta, vector);
        for (let i = 0; i < dimension; i++) gradient[i] += weight * vector[i];
      }
      return sum;
    },
    hessian(theta, hessian) {
      hessian.fill(0);
      for (const { weight, objective } of parts) {
        objective.hessian(theta, matrix);
        for (let i = 0; i < hessian.length; i++) hessian[i] += weight * matrix[i];
      }
    },
    evaluatePrecisely(theta) {
      const each = parts.map((part) => ({ ...part, at: evaluatePrecisely(part.objective, theta) }));
      const value = new PreciseSum();
      let gradientError = 0;
      for (const { weight, rest, at } of each) {
        addWeighted(value, weight, rest, at.value[0], at.value[1]);
        value.add(0, weight * at.valueError * (1 + 2 * Number.EPSILON));
        gradientError += weight * at.gradientError * (1 + 4 * Number.EPSILON);
      }
      const [high, low, errors] = [theta.slice(), theta.slice(), theta.slice()];
      for (let i = 0; i < dimension; i++) {
        const sum = new PreciseSum();
        for (const { weight, rest, at } of each)
          addWeighted(sum, weight, rest, at.gradient.high[i], at.gradient.low[i]);
        [high[i], low[i]] = sum.parts;
        errors[i] = sum.error;
      }
      return {
        value: value.parts,
        valueError: value.error,
        gradient: { high, low },
        gradientError: gradientError + normBound(errors),
      };
    },
  };
}

/** λ and 1 − λ without rounding, as unevaluated sums: 1 − 1e-17 is 1 − 1e-17 and not 1. */
export function exactWeights(lambda: number): readonly { readonly high: number; readonly low: number }[] {
  return [
    { high: lambda, low: 0 },
    { high: 1 - lambda, low: sumError(1, -lambda, 1 - lambda) },
  ];
}

/** The function's own precise evaluation; without one, both results are taken to be right to 8 roundings. */
export function evaluatePrecisely(f: ConvexFunction, theta: Float64Array): PreciseEvaluation {
  if (f.evaluatePrecisely !== undefined) return f.evaluatePrecisely(theta);
  const gradient = new Float64Array(theta.length);
  const value = f.gradient(theta, gradient);
  return {
    value: [value, 0],
    valueError: 4 * Number.EPSILON * Math.abs(value),
    gradient: { high: gradient, low: new Float64Array(theta.length) },
    gradientError: 4 * Number.EPSILON * normBound(gradient),
  };
}

/** Adds (weight + weightRest)(high + low). */
function addWeighted(sum: PreciseSum, weight: number, weightRest: number, high: number, low: number): void {
  sum.addProduct(weight, high);
  if (low !== 0) sum.addProduct(weight, low);
  if (weightRest !== 0) {
    sum.addProduct(weightRest, high);
    sum.addProduct(weightRest, low);
  }
}
